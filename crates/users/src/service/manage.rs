//! Accounts, for administrators.

use kernel::{Merge, PageOf, Tx, UserId, View, db::PageRequest, words};

use super::change;
use crate::{Error, ProfileIn, User, models, schemas::account::UserFilter};

/// A page of accounts.
pub async fn list(
    view: &View,
    page: &PageRequest,
    filter: UserFilter,
) -> Result<PageOf<User>, Error> {
    let words = filter.q.as_deref().map(words::wanted).transpose()?;
    let words = Vec::from_iter(words.unwrap_or_default());
    Ok(models::page(view, page, &words, filter.status).await?)
}

/// The account of this id; a deleted one too, until it is erased.
pub async fn read(view: &View, id: UserId) -> Result<User, Error> {
    models::any_by_id(view, id).await?.ok_or(Error::NotFound)
}

/// Changes what the patch of another's profile names.
pub async fn update(tx: &Tx, id: UserId, patch: Merge<ProfileIn>) -> Result<User, Error> {
    let before = models::changing(tx, id).await?;
    change(tx, before, patch).await
}
