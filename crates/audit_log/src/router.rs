use actix_web::get;
use kernel::{Can, Page, PageOf, PageParameters, Problem};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    Read,
    schemas::{AuditEntryOut, AuditFilter},
    service,
};

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(list_audit_log);
}

/// List the platform's audit log
#[utoipa::path(tag = "audit log", params(PageParameters, AuditFilter), responses((status = 200, body = PageOf<AuditEntryOut>)))]
#[get("")]
async fn list_audit_log(
    can: Can<Read>,
    Page { page, filter }: Page<AuditFilter>,
) -> Result<PageOf<AuditEntryOut>, Problem> {
    Ok(service::list(can.view(), &page, &filter).await?)
}
