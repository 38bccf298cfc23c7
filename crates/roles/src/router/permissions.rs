use actix_web::get;
use kernel::{Page, PageOf, PageParameters, Problem, SignedIn};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    schemas::{PermissionFilter, PermissionOut},
    service::known,
};

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(list_permissions);
}

/// List what roles may allow
#[utoipa::path(tag = "roles", params(PageParameters, PermissionFilter), responses((status = 200, body = PageOf<PermissionOut>)))]
#[get("")]
async fn list_permissions(
    me: SignedIn,
    Page { page, filter }: Page<PermissionFilter>,
) -> Result<PageOf<PermissionOut>, Problem> {
    Ok(known::permissions(me.view(), &page, &filter)?)
}
