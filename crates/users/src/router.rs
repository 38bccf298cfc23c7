use actix_web::{HttpResponse, get, patch, post};
use kernel::{At, Can, Merge, Problem, Resource, SignedIn, UserId, Valid};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    Write,
    schemas::{DisableIn, ProfileIn, UserOut},
    service::{self, status},
};

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(read_me).service(update_me).service(disable_user).service(enable_user);
}

/// Read your own account
#[utoipa::path(tag = "users", responses((status = 200, body = UserOut)))]
#[get("/me")]
async fn read_me(me: SignedIn) -> Result<Resource<UserOut>, Problem> {
    Ok(Resource(service::me(me.view()).await?.into()))
}

/// Change your own profile
#[utoipa::path(tag = "users", request_body(content = ProfileIn, content_type = "application/merge-patch+json"), responses((status = 200, body = UserOut), (status = 412, description = "Changed since the version you name.")))]
#[patch("/me")]
async fn update_me(me: SignedIn, patch: Merge<ProfileIn>) -> Result<Resource<UserOut>, Problem> {
    let user = me.run(async |tx| service::update_me(tx, patch).await).await?;
    Ok(Resource(user.into()))
}

/// Disable an account
///
/// Its sessions end at once, and nobody signs in to it until it is enabled again. What its platform
/// roles allow you hold yourself.
#[utoipa::path(tag = "users", request_body = DisableIn, params(("id" = UserId, Path)), responses((status = 200, body = UserOut), (status = 404, description = "There is no such account."), (status = 409, description = "It is your own, or an organization would have no owner.")))]
#[post("/{id}/disable")]
async fn disable_user(
    can: Can<Write>,
    At(user): At<UserId>,
    why: Valid<DisableIn>,
) -> Result<HttpResponse, Problem> {
    let why = why.into_inner();
    can.answer(async |tx| Ok(Resource(UserOut::from(status::disable(tx, user, why).await?)))).await
}

/// Enable an account that was disabled
///
/// What its platform roles allow you hold yourself.
#[utoipa::path(tag = "users", params(("id" = UserId, Path)), responses((status = 200, body = UserOut), (status = 404, description = "There is no such account.")))]
#[post("/{id}/enable")]
async fn enable_user(can: Can<Write>, At(user): At<UserId>) -> Result<HttpResponse, Problem> {
    can.answer(async |tx| Ok(Resource(UserOut::from(status::enable(tx, user).await?)))).await
}
