//! What has happened to a product.

use kernel::{OrgView, PageOf, db::PageRequest};

use super::catalogue::target;
use crate::{
    Error,
    models::{self, ProductId},
    schemas::history::ProductEventOut,
};

/// A page of what the audit log says of a product, live, deleted or gone for good.
pub async fn list(
    view: &OrgView,
    id: ProductId,
    page: &PageRequest,
) -> Result<PageOf<ProductEventOut>, Error> {
    let entries = audit_log::about(view, target(id), page).await?;
    if entries.items.is_empty() && models::any(view, id).await?.is_none() {
        return Err(Error::NotFound);
    }
    Ok(entries.map(ProductEventOut::from))
}
