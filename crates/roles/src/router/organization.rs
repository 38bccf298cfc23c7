use actix_web::{HttpResponse, delete, get, patch, post};
use kernel::{
    At, Can, Created, Merge, NoContent, Page, PageOf, PageParameters, Problem, Resource, Valid,
};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    RoleId,
    permissions::organization::{Read, Write},
    schemas::{RoleIn, RoleOut},
    service::custom,
};

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(list_organization_roles)
        .service(create_organization_role)
        .service(read_organization_role)
        .service(update_organization_role)
        .service(delete_organization_role);
}

/// List an organization's roles
#[utoipa::path(tag = "roles", params(PageParameters), responses((status = 200, body = PageOf<RoleOut>)))]
#[get("")]
async fn list_organization_roles(
    can: Can<Read>,
    Page { page, .. }: Page,
) -> Result<PageOf<RoleOut>, Problem> {
    Ok(custom::list(can.view(), &page).await?)
}

/// Make a role of an organization
///
/// It allows nothing that you do not hold yourself.
#[utoipa::path(tag = "roles", request_body = RoleIn, responses((status = 201, body = RoleOut), (status = 409, description = "Another role has this key (`role_key_taken`), or there are 200 already (`too_many_roles`).")))]
#[post("")]
async fn create_organization_role(
    can: Can<Write>,
    new: Valid<RoleIn>,
) -> Result<HttpResponse, Problem> {
    can.answer(async |tx| {
        let role = custom::create(tx, new.into_inner()).await?;
        Ok(Created::at(role.id, role))
    })
    .await
}

/// Read a role of an organization
#[utoipa::path(tag = "roles", params(("id" = Uuid, Path, description = "The role.")), responses((status = 200, body = RoleOut), (status = 404, description = "There is no such role.")))]
#[get("/{id}")]
async fn read_organization_role(
    can: Can<Read>,
    id: At<RoleId>,
) -> Result<Resource<RoleOut>, Problem> {
    Ok(Resource(custom::read(can.view(), id.0).await?))
}

/// Change a role of an organization
///
/// It counts from the next request of whoever has the role. What the role allowed and is to allow
/// you hold yourself. The key never changes.
#[utoipa::path(tag = "roles", params(("id" = Uuid, Path, description = "The role.")), request_body(content = RoleIn, content_type = "application/merge-patch+json"), responses((status = 200, body = RoleOut), (status = 404, description = "There is no such role."), (status = 409, description = "A system role never changes (`system_role`).")))]
#[patch("/{id}")]
async fn update_organization_role(
    can: Can<Write>,
    id: At<RoleId>,
    patch: Merge<RoleIn>,
) -> Result<Resource<RoleOut>, Problem> {
    let role = can.run(async |tx| custom::update(tx, id.0, patch).await).await?;
    Ok(Resource(role))
}

/// Delete a role of an organization
#[utoipa::path(tag = "roles", params(("id" = Uuid, Path, description = "The role.")), responses((status = 204, description = "It is gone."), (status = 404, description = "There is no such role."), (status = 409, description = "Somebody has it or is invited to it (`role_in_use`), or it is a system role (`system_role`).")))]
#[delete("/{id}")]
async fn delete_organization_role(can: Can<Write>, id: At<RoleId>) -> Result<NoContent, Problem> {
    can.run(async |tx| custom::delete(tx, id.0).await).await?;
    Ok(NoContent)
}
