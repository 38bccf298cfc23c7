use actix_web::{get, web::Json};
use kernel::{At, Can, Page, PageOf, PageParameters, Problem};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    EntryId,
    organization::Read,
    schemas::{AuditEntryOut, AuditFilter},
    service,
};

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(list_organization_audit_log).service(read_organization_audit_entry);
}

/// List an organization's audit log
///
/// What was done in it, and what its members were refused.
#[utoipa::path(tag = "audit log", params(PageParameters, AuditFilter), responses((status = 200, body = PageOf<AuditEntryOut>)))]
#[get("")]
async fn list_organization_audit_log(
    can: Can<Read>,
    Page { page, filter }: Page<AuditFilter>,
) -> Result<PageOf<AuditEntryOut>, Problem> {
    Ok(service::list(can.view(), &page, &filter).await?)
}

/// Read an entry of an organization's audit log
///
/// It never changes, but what is personal in it is gone once the person has been erased.
#[utoipa::path(tag = "audit log", params(("event_id" = EntryId, Path, description = "The entry.")), responses((status = 200, body = AuditEntryOut), (status = 404, description = "There is no such entry here, or not any more.")))]
#[get("/{event_id}")]
async fn read_organization_audit_entry(
    can: Can<Read>,
    At(id): At<EntryId>,
) -> Result<Json<AuditEntryOut>, Problem> {
    Ok(Json(service::read(can.view(), id).await?))
}
