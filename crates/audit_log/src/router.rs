pub mod organization;
pub mod proofs;

use actix_web::{get, web::Json};
use kernel::{At, Can, Page, PageOf, PageParameters, Problem};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    EntryId, Read,
    schemas::{AuditEntryOut, AuditFilter},
    service,
};

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(list_audit_log).service(read_audit_entry);
}

/// List the platform's audit log
///
/// What happened outside every organization; what happened in one is in its own log.
#[utoipa::path(tag = "audit log", params(PageParameters, AuditFilter), responses((status = 200, body = PageOf<AuditEntryOut>)))]
#[get("")]
async fn list_audit_log(
    can: Can<Read>,
    Page { page, filter }: Page<AuditFilter>,
) -> Result<PageOf<AuditEntryOut>, Problem> {
    Ok(service::list(can.view(), &page, &filter).await?)
}

/// Read an entry of the platform's audit log
///
/// It never changes, but what is personal in it is gone once the person has been erased.
#[utoipa::path(tag = "audit log", params(("event_id" = EntryId, Path, description = "The entry.")), responses((status = 200, body = AuditEntryOut), (status = 404, description = "There is no such entry here, or not any more.")))]
#[get("/{event_id}")]
async fn read_audit_entry(
    can: Can<Read>,
    At(id): At<EntryId>,
) -> Result<Json<AuditEntryOut>, Problem> {
    Ok(Json(service::read(can.view(), id).await?))
}
