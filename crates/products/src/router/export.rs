use actix_web::{HttpResponse, get};
use kernel::{Can, OrgView, Problem, Query};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    Read,
    schemas::imports::ExportFilter,
    service::export::{Place, begin, page},
};

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(export_products);
}

/// Export the catalogue
///
/// Every live product, in the order in which they were added, as a file that can be imported again.
/// In CSV, a `'` stands before what a spreadsheet would take for a formula. The answer is made while it
/// is sent: products that change meanwhile are in it as they were or as they are. Where it breaks off,
/// the connection is closed without an end of the body. Who loses the permission gets no further.
#[utoipa::path(tag = "products", params(ExportFilter), responses((status = 200, description = "The file.", content((String = "text/csv"), (String = "application/x-ndjson")))))]
#[get("")]
async fn export_products(
    can: Can<Read>,
    Query(ExportFilter { format }): Query<ExportFilter>,
) -> Result<HttpResponse, Problem> {
    let file = begin(&can, format).await?;
    let step = async move |view: &OrgView, place| page(view, format, place).await;
    can.stream(file, Place::Begin, step).await
}
