use actix_web::{HttpResponse, delete, get, patch, post};
use kernel::{
    Can, Created, Merge, NoContent, Page, PageOf, PageParameters, Problem, Recently, Resource,
    SignedIn, Valid,
};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    Delete, Read, Restore, Write,
    schemas::organizations::{
        MyOrganizationOut, NewOrganizationIn, OrganizationFilter, OrganizationIn, OrganizationOut,
    },
    service::organizations,
};

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(create_organization).service(list_organizations);
}

pub fn own_routes(organization: &mut ServiceConfig<'_>) {
    organization
        .service(read_organization)
        .service(update_organization)
        .service(delete_organization)
        .service(restore_organization);
}

/// Make an organization
///
/// You are its owner.
#[utoipa::path(tag = "organizations", request_body = NewOrganizationIn, responses((status = 201, body = OrganizationOut), (status = 409, description = "Another organization has this slug, or one that looks like it.")))]
#[post("")]
async fn create_organization(
    me: SignedIn,
    new: Valid<NewOrganizationIn>,
) -> Result<HttpResponse, Problem> {
    me.answer(async |tx| {
        let organization = organizations::create(tx, new.into_inner()).await?;
        Ok(Created::at(organization.id, OrganizationOut::from(organization)))
    })
    .await
}

/// List your organizations
#[utoipa::path(tag = "organizations", params(PageParameters, OrganizationFilter), responses((status = 200, body = PageOf<MyOrganizationOut>)))]
#[get("")]
async fn list_organizations(
    me: SignedIn,
    Page { page, filter }: Page<OrganizationFilter>,
) -> Result<PageOf<MyOrganizationOut>, Problem> {
    Ok(organizations::list(me.view(), &page, filter).await?)
}

/// Read an organization
#[utoipa::path(tag = "organizations", responses((status = 200, body = OrganizationOut)))]
#[get("")]
async fn read_organization(can: Can<Read>) -> Result<Resource<OrganizationOut>, Problem> {
    Ok(Resource(organizations::read(can.view()).await?.into()))
}

/// Change an organization
#[utoipa::path(tag = "organizations", request_body(content = OrganizationIn, content_type = "application/merge-patch+json"), responses((status = 200, body = OrganizationOut), (status = 409, description = "Another organization has this slug, or one that looks like it.")))]
#[patch("")]
async fn update_organization(
    can: Can<Write>,
    patch: Merge<OrganizationIn>,
) -> Result<Resource<OrganizationOut>, Problem> {
    let organization = can.run(async |tx| organizations::update(tx, patch).await).await?;
    Ok(Resource(organization.into()))
}

/// Delete an organization
///
/// Its owner may restore it for 30 days, or as many as the platform sets; then it is erased with
/// everything in it.
#[utoipa::path(tag = "organizations", responses((status = 204, description = "It is gone for all but its owner.")))]
#[delete("")]
async fn delete_organization(can: Can<Recently<Delete>>) -> Result<NoContent, Problem> {
    can.run(async |tx| organizations::delete(tx).await).await?;
    Ok(NoContent)
}

/// Restore a deleted organization
#[utoipa::path(tag = "organizations", responses((status = 200, body = OrganizationOut), (status = 404, description = "There is none, or not any more."), (status = 409, description = "Another organization has its slug by now, or one that looks like it.")))]
#[post("/restore")]
async fn restore_organization(can: Can<Restore>) -> Result<HttpResponse, Problem> {
    let restore =
        async |tx: &_| Ok(Resource(OrganizationOut::from(organizations::restore(tx).await?)));
    can.answer(restore).await
}
