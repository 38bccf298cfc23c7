use actix_web::{delete, get, put, web::Path};
use kernel::{At, Can, NoContent, Page, PageOf, PageParameters, Problem, UserId};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    RoleId,
    permissions::platform::{Read, Write},
    schemas::RoleOut,
    service::platform,
};

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(list_user_roles).service(assign_user_role).service(unassign_user_role);
}

/// List the platform roles of an account
#[utoipa::path(tag = "roles", params(("id" = Uuid, Path, description = "The account."), PageParameters), responses((status = 200, body = PageOf<RoleOut>), (status = 404, description = "There is no such account.")))]
#[get("/{id}/roles")]
async fn list_user_roles(
    can: Can<Read>,
    user: At<UserId>,
    Page { page, .. }: Page,
) -> Result<PageOf<RoleOut>, Problem> {
    Ok(platform::list(can.view(), user.0, &page).await?)
}

/// Give an account a platform role
///
/// It counts from their next request; who has the role keeps it. What the role allows you hold
/// yourself.
#[utoipa::path(tag = "roles", params(("id" = Uuid, Path, description = "The account."), ("role_id" = Uuid, Path, description = "The role.")), responses((status = 204, description = "They have it."), (status = 404, description = "There is no such account or role.")))]
#[put("/{id}/roles/{role_id}")]
async fn assign_user_role(
    can: Can<Write>,
    place: Path<(UserId, RoleId)>,
) -> Result<NoContent, Problem> {
    can.run(async |tx| platform::give(tx, place.0, place.1).await).await?;
    Ok(NoContent)
}

/// Take a platform role from an account
///
/// It counts from their next request. What the role allows you hold yourself.
#[utoipa::path(tag = "roles", params(("id" = Uuid, Path, description = "The account."), ("role_id" = Uuid, Path, description = "The role.")), responses((status = 204, description = "They have it no more."), (status = 404, description = "There is no such account or role, or they do not have it."), (status = 409, description = "Nobody else is an administrator (`last_administrator`).")))]
#[delete("/{id}/roles/{role_id}")]
async fn unassign_user_role(
    can: Can<Write>,
    place: Path<(UserId, RoleId)>,
) -> Result<NoContent, Problem> {
    can.run(async |tx| platform::take(tx, place.0, place.1).await).await?;
    Ok(NoContent)
}
