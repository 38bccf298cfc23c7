use actix_web::{post, web::Json};
use kernel::{Problem, SignedIn, Valid};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    schemas::checks::{ChecksIn, ChecksOut},
    service::checks,
};

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(check_permissions);
}

/// Ask what you may do
///
/// It changes nothing, so it may be asked again without an `Idempotency-Key`. A permission or an
/// organization that is unknown to you is not allowed.
#[utoipa::path(tag = "organizations", request_body = ChecksIn, responses((status = 200, body = ChecksOut)))]
#[post("/check")]
async fn check_permissions(
    me: SignedIn,
    asked: Valid<ChecksIn>,
) -> Result<Json<ChecksOut>, Problem> {
    Ok(Json(checks::check(me.view(), asked.into_inner()).await?))
}
