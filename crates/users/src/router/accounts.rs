use actix_web::{HttpResponse, get, patch, post};
use kernel::{At, Can, Merge, Page, PageOf, PageParameters, Problem, Resource, UserId, Valid};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    Read, Write,
    schemas::{
        DisableIn, ProfileIn,
        account::{AccountOut, UserFilter},
    },
    service::{deletion, manage, status},
};

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(list_users).service(read_user).service(update_user);
    api.service(disable_user).service(enable_user).service(restore_user);
}

/// List accounts
///
/// Deleted ones only where they are asked for; they are there until they are erased.
#[utoipa::path(tag = "users", params(PageParameters, UserFilter), responses((status = 200, body = PageOf<AccountOut>)))]
#[get("")]
async fn list_users(
    can: Can<Read>,
    Page { page, filter }: Page<UserFilter>,
) -> Result<PageOf<AccountOut>, Problem> {
    Ok(manage::list(can.view(), &page, filter).await?.map(AccountOut::from))
}

/// Read an account
#[utoipa::path(tag = "users", params(("id" = UserId, Path)), responses((status = 200, body = AccountOut), (status = 404, description = "There is no such account.")))]
#[get("/{id}")]
async fn read_user(can: Can<Read>, At(user): At<UserId>) -> Result<Resource<AccountOut>, Problem> {
    Ok(Resource(manage::read(can.view(), user).await?.into()))
}

/// Change somebody's profile
#[utoipa::path(tag = "users", params(("id" = UserId, Path)), request_body(content = ProfileIn, content_type = "application/merge-patch+json"), responses((status = 200, body = AccountOut), (status = 404, description = "There is no such account."), (status = 412, description = "Changed since the version you name.")))]
#[patch("/{id}")]
async fn update_user(
    can: Can<Write>,
    At(user): At<UserId>,
    patch: Merge<ProfileIn>,
) -> Result<Resource<AccountOut>, Problem> {
    let user = can.run(async |tx| manage::update(tx, user, patch).await).await?;
    Ok(Resource(user.into()))
}

/// Disable an account
///
/// Its sessions end at once, and nobody signs in to it until it is enabled again or `until` has come.
/// What its platform roles allow you hold yourself.
#[utoipa::path(tag = "users", request_body = DisableIn, params(("id" = UserId, Path)), responses((status = 200, body = AccountOut), (status = 404, description = "There is no such account."), (status = 409, description = "It is your own, or an organization would have no owner.")))]
#[post("/{id}/disable")]
async fn disable_user(
    can: Can<Write>,
    At(user): At<UserId>,
    why: Valid<DisableIn>,
) -> Result<HttpResponse, Problem> {
    let why = why.into_inner();
    can.answer(async |tx| Ok(Resource(AccountOut::from(status::disable(tx, user, why).await?))))
        .await
}

/// Enable an account that was disabled
///
/// What its platform roles allow you hold yourself.
#[utoipa::path(tag = "users", params(("id" = UserId, Path)), responses((status = 200, body = AccountOut), (status = 404, description = "There is no such account.")))]
#[post("/{id}/enable")]
async fn enable_user(can: Can<Write>, At(user): At<UserId>) -> Result<HttpResponse, Problem> {
    can.answer(async |tx| Ok(Resource(AccountOut::from(status::enable(tx, user).await?)))).await
}

/// Restore a deleted account
///
/// Its owner signs in as before. Its sessions, its roles and its memberships ended with the deletion:
/// they do not come back.
#[utoipa::path(tag = "users", params(("id" = UserId, Path)), responses((status = 200, body = AccountOut), (status = 404, description = "There is no such account, or it is erased."), (status = 409, description = "Its address is another account's by now (`email_taken`).")))]
#[post("/{id}/restore")]
async fn restore_user(can: Can<Write>, At(user): At<UserId>) -> Result<HttpResponse, Problem> {
    can.answer(async |tx| Ok(Resource(AccountOut::from(deletion::restore(tx, user).await?)))).await
}
