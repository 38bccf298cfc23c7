use actix_web::{HttpResponse, delete, get, patch, post};
use kernel::{
    At, Can, Composite, Insider, Merge, NoContent, Page, PageOf, PageParameters, Problem, Recently,
    UserId, Valid,
};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    ReadMembers, Transfer, WriteMembers,
    schemas::members::{MemberIn, MemberOut, TransferIn},
    service::{members, ownership},
};

pub fn routes(members: &mut ServiceConfig<'_>) {
    members
        .service(list_members)
        .service(read_member)
        .service(update_member)
        .service(remove_member);
}

pub fn own_routes(organization: &mut ServiceConfig<'_>) {
    organization.service(leave_organization).service(transfer_ownership);
}

/// List an organization's members
#[utoipa::path(tag = "organizations", params(PageParameters), responses((status = 200, body = PageOf<MemberOut>)))]
#[get("")]
async fn list_members(
    can: Can<ReadMembers>,
    Page { page, .. }: Page,
) -> Result<PageOf<MemberOut>, Problem> {
    Ok(members::list(can.view(), &page).await?)
}

/// Read a member
#[utoipa::path(tag = "organizations", params(("user_id" = UserId, Path)), responses((status = 200, body = MemberOut), (status = 404, description = "There is no such member.")))]
#[get("/{user_id}")]
async fn read_member(
    can: Can<ReadMembers>,
    At(user): At<UserId>,
) -> Result<Composite<MemberOut>, Problem> {
    Ok(Composite(members::read(can.view(), user).await?))
}

/// Change a member's roles
///
/// Nobody gives or takes what they do not hold themselves.
#[utoipa::path(tag = "organizations", params(("user_id" = UserId, Path)), request_body(content = MemberIn, content_type = "application/merge-patch+json"), responses((status = 200, body = MemberOut), (status = 404, description = "There is no such member."), (status = 409, description = "The organization would have no owner.")))]
#[patch("/{user_id}")]
async fn update_member(
    can: Can<WriteMembers>,
    At(user): At<UserId>,
    patch: Merge<MemberIn>,
) -> Result<Composite<MemberOut>, Problem> {
    Ok(Composite(can.run(async |tx| members::update(tx, user, patch).await).await?))
}

/// Remove a member
#[utoipa::path(tag = "organizations", params(("user_id" = UserId, Path)), responses((status = 204, description = "They belong to it no more."), (status = 404, description = "There is no such member."), (status = 409, description = "The organization would have no owner.")))]
#[delete("/{user_id}")]
async fn remove_member(can: Can<WriteMembers>, At(user): At<UserId>) -> Result<NoContent, Problem> {
    can.run(async |tx| members::remove(tx, user).await).await?;
    Ok(NoContent)
}

/// Leave an organization
#[utoipa::path(tag = "organizations", responses((status = 204, description = "You belong to it no more."), (status = 409, description = "The organization would have no owner.")))]
#[post("/leave")]
async fn leave_organization(me: Insider) -> Result<HttpResponse, Problem> {
    me.answer(async |tx| {
        members::leave(tx).await?;
        Ok(NoContent)
    })
    .await
}

/// Hand an organization on
///
/// The other becomes its owner, and you are one no more; with no other role left you are an admin.
#[utoipa::path(tag = "organizations", request_body = TransferIn, responses((status = 204, description = "The other is its owner.")))]
#[post("/transfer-ownership")]
async fn transfer_ownership(
    can: Can<Recently<Transfer>>,
    to: Valid<TransferIn>,
) -> Result<HttpResponse, Problem> {
    can.answer(async |tx| {
        ownership::transfer(tx, to.into_inner().user_id).await?;
        Ok(NoContent)
    })
    .await
}
