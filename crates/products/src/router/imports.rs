use actix_web::{HttpResponse, get, post};
use kernel::{
    Accepted, At, Can, LastEventId, Page, PageOf, PageParameters, Problem, Resource, Upload,
};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    Read, Write,
    models::imports::{Import, ImportId},
    schemas::imports::{ImportDetailsOut, ImportOut, RowFaultOut},
    service::imports::{
        self,
        progress::listen,
        receive::{ProductFile, begin, receive, settle},
    },
};

pub fn begin_routes(api: &mut ServiceConfig<'_>) {
    api.service(import_products);
}

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(list_imports)
        .service(read_import)
        .service(list_import_errors)
        .service(listen_to_import)
        .service(cancel_import);
}

/// Import products
///
/// A file of up to 64 MiB: CSV whose first row names its columns out of `id`, `sku`, `name`,
/// `description`, `status`, `price_amount`, `price_currency` and `attributes` (as JSON), or NDJSON, a
/// product a line. It is kept before the answer and done afterwards.
///
/// A row is about the live product with its `id`, else about the one with its `sku`, else about a new
/// one. It replaces what it names; what it does not name, or leaves an empty cell for, stays – an empty
/// `description` is emptied. A `'` before what a spreadsheet would calculate is taken off, as exports
/// put it there. Rows that fail are told by their lines, and the others are done. The product's own
/// rules hold for each; a row may have 128 KiB. An import goes on in the name of who began it, as long as
/// they may change the catalogue; it can be cancelled. A file that is sent again with its
/// `Idempotency-Key` gets the answer of the first, whatever has become of that import.
#[utoipa::path(tag = "products", request_body(content((String = "text/csv"), (String = "application/x-ndjson"))), responses((status = 202, description = "The file is kept; `Location` says where to see what becomes of it.", body = ImportOut), (status = 403, description = "It takes the permission `products:write` (`permission_denied`), or imports are switched off (`feature_disabled`)."), (status = 408, description = "It came more slowly than 8 KiB a second."), (status = 409, description = "As many imports as there may be are under way (`import_limit_reached`)."), (status = 413, description = "It has more than 64 MiB."), (status = 415, description = "It is neither CSV nor NDJSON, or it is encoded.")))]
#[post("")]
async fn import_products(
    can: Can<Write>,
    mut file: Upload<ProductFile>,
) -> Result<HttpResponse, Problem> {
    match can.kept(&mut file).await? {
        Some(answer) => Ok(answer),
        None => take(&can, file).await,
    }
}

async fn take(can: &Can<Write>, file: Upload<ProductFile>) -> Result<HttpResponse, Problem> {
    let file = receive(can, file).await?;
    let answer = can.answer(async |tx| Ok(accepted(begin(tx, file).await?))).await;
    settle(can, file).await;
    answer
}

fn accepted(import: Import) -> Accepted<ImportOut> {
    Accepted::beside(format!("imports/{}", import.id), import.into())
}

/// List the organization's imports
///
/// They are kept for 30 days after their end.
#[utoipa::path(tag = "products", params(PageParameters), responses((status = 200, body = PageOf<ImportOut>)))]
#[get("")]
async fn list_imports(
    can: Can<Read>,
    Page { page, .. }: Page,
) -> Result<PageOf<ImportOut>, Problem> {
    Ok(imports::list(can.view(), &page).await?.map(ImportOut::from))
}

/// Read an import
#[utoipa::path(tag = "products", params(("id" = ImportId, Path, description = "The import.")), responses((status = 200, body = ImportDetailsOut), (status = 404, description = "There is none, or not any more.")))]
#[get("/{id}")]
async fn read_import(
    can: Can<Read>,
    At(id): At<ImportId>,
) -> Result<Resource<ImportDetailsOut>, Problem> {
    Ok(Resource(imports::read(can.view(), id).await?))
}

/// List the rows of an import that failed
///
/// The first 1,000 of them.
#[utoipa::path(tag = "products", params(("id" = ImportId, Path, description = "The import."), PageParameters), responses((status = 200, body = PageOf<RowFaultOut>), (status = 404, description = "There is none, or not any more.")))]
#[get("/{id}/errors")]
async fn list_import_errors(
    can: Can<Read>,
    At(id): At<ImportId>,
    Page { page, .. }: Page,
) -> Result<PageOf<RowFaultOut>, Problem> {
    Ok(imports::faults(can.view(), id, &page).await?)
}

/// Follow an import
///
/// Server-sent events, each the import as it is by then: `progress` while it goes on, `ended` at its
/// end, behind which nothing comes: whoever comes again with the id of that event is answered 204.
#[utoipa::path(tag = "products", params(("id" = ImportId, Path, description = "The import."), ("Last-Event-ID" = Option<String>, Header, max_length = 64, description = "The last event that was heard.")), responses((status = 200, description = "Events.", content_type = "text/event-stream", body = String), (status = 204, description = "There is nothing more to hear."), (status = 404, description = "There is none, or not any more."), (status = 429, description = "You listen to 30 streams already, of whatever events.")))]
#[get("/{id}/events")]
async fn listen_to_import(
    can: Can<Read>,
    At(id): At<ImportId>,
    LastEventId(last): LastEventId,
) -> Result<HttpResponse, Problem> {
    match listen(can.view(), id, last).await? {
        Some(progress) => can.events(progress),
        None => Ok(HttpResponse::NoContent().finish()),
    }
}

/// Cancel an import
///
/// What is done stays done.
#[utoipa::path(tag = "products", params(("id" = ImportId, Path, description = "The import.")), responses((status = 200, body = ImportOut), (status = 404, description = "There is none, or not any more."), (status = 409, description = "It is over (`import_over`).")))]
#[post("/{id}/cancel")]
async fn cancel_import(can: Can<Write>, At(id): At<ImportId>) -> Result<HttpResponse, Problem> {
    can.answer(async |tx| Ok(Resource(ImportOut::from(imports::cancel(tx, id).await?)))).await
}
