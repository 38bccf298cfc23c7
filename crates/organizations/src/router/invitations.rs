use actix_web::{HttpResponse, delete, get, post, web::Json};
use kernel::{
    Anyone, At, Can, Composite, Created, NoContent, Page, PageOf, PageParameters, Problem,
    SignedIn, Valid,
};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    ReadInvitations, WriteInvitations,
    models::invitation::InvitationId,
    schemas::invitations::{
        InvitationFilter, InvitationIn, InvitationOut, InvitationTokenIn, InvitationsIn,
        InvitationsOut, InvitedOut, JoinedOut, PreviewOut,
    },
    service::invitations as service,
};

/// Of the organization.
pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(create_invitation)
        .service(create_invitations)
        .service(list_invitations)
        .service(read_invitation)
        .service(revoke_invitation)
        .service(resend_invitation);
}

/// Of the invited.
pub fn answers(api: &mut ServiceConfig<'_>) {
    api.service(preview_invitation).service(accept_invitation).service(decline_invitation);
}

/// Of the caller's own account.
pub fn mine(api: &mut ServiceConfig<'_>) {
    api.service(list_my_invitations);
}

/// Invite somebody
///
/// A link is mailed to the address, whether it has an account or not. It is good for seven days,
/// or as many as the organization sets, and for as long as you could still invite them.
#[utoipa::path(tag = "invitations", request_body = InvitationIn, responses((status = 201, body = InvitationOut), (status = 409, description = "They are invited or a member already, or there is no seat left (`invitation_pending`, `already_member`, `seat_limit_reached`, `invitation_limit_reached`)."), (status = 429, description = "The address, or all addresses together, got as many invitations today as they may.")))]
#[post("")]
async fn create_invitation(
    can: Can<WriteInvitations>,
    new: Valid<InvitationIn>,
) -> Result<HttpResponse, Problem> {
    can.answer(async |tx| {
        let made = service::invite(tx, new.into_inner()).await?;
        Ok(Created::at(made.id, made))
    })
    .await
}

/// Invite many
///
/// Each for itself: what is wrong with one does no harm to the others. Each result has the status
/// that the invitation would have had alone.
#[utoipa::path(tag = "invitations", request_body = InvitationsIn, responses((status = 200, body = InvitationsOut)))]
#[post("/batch")]
async fn create_invitations(
    can: Can<WriteInvitations>,
    new: Valid<InvitationsIn>,
) -> Result<HttpResponse, Problem> {
    can.answer(async |tx| {
        let results = service::invite_all(tx, new.into_inner().invitations).await?;
        Ok(HttpResponse::Ok().json(InvitationsOut { results }))
    })
    .await
}

/// List the organization's invitations
#[utoipa::path(tag = "invitations", params(PageParameters, InvitationFilter), responses((status = 200, body = PageOf<InvitationOut>)))]
#[get("")]
async fn list_invitations(
    can: Can<ReadInvitations>,
    Page { page, filter }: Page<InvitationFilter>,
) -> Result<PageOf<InvitationOut>, Problem> {
    Ok(service::list(can.view(), filter.state, &page).await?)
}

/// Read an invitation
#[utoipa::path(tag = "invitations", params(("id" = InvitationId, Path, description = "Which invitation.")), responses((status = 200, body = InvitationOut)))]
#[get("/{id}")]
async fn read_invitation(
    can: Can<ReadInvitations>,
    At(id): At<InvitationId>,
) -> Result<Composite<InvitationOut>, Problem> {
    Ok(Composite(service::read(can.view(), id).await?))
}

/// Revoke an invitation
///
/// Its link is dead at once.
#[utoipa::path(tag = "invitations", params(("id" = InvitationId, Path, description = "Which invitation.")), responses((status = 204, description = "It can be accepted no more."), (status = 409, description = "It was accepted, declined or revoked before."), (status = 412, description = "Changed since the version you name.")))]
#[delete("/{id}")]
async fn revoke_invitation(
    can: Can<WriteInvitations>,
    At(id): At<InvitationId>,
) -> Result<NoContent, Problem> {
    can.run(async |tx| service::revoke(tx, id).await).await?;
    Ok(NoContent)
}

/// Mail an invitation again
///
/// Also one that has expired. The new link is good for as long as a first one, the old one is dead at
/// once. From now on you answer for it.
#[utoipa::path(tag = "invitations", params(("id" = InvitationId, Path, description = "Which invitation.")), responses((status = 200, body = InvitationOut), (status = 409, description = "It was accepted, declined or revoked before, or there is no room for it any more."), (status = 429, description = "The address, or all addresses together, got as many invitations today as they may.")))]
#[post("/{id}/resend")]
async fn resend_invitation(
    can: Can<WriteInvitations>,
    At(id): At<InvitationId>,
) -> Result<HttpResponse, Problem> {
    can.answer(async |tx| Ok(Composite(service::resend(tx, id).await?))).await
}

/// See an invitation before answering it
///
/// Looking uses nothing up.
#[utoipa::path(tag = "invitations", request_body = InvitationTokenIn, responses((status = 200, body = PreviewOut), (status = 410, description = "It is used, expired or withdrawn.")))]
#[post("/preview")]
async fn preview_invitation(
    door: Anyone,
    token: Valid<InvitationTokenIn>,
) -> Result<Json<PreviewOut>, Problem> {
    Ok(Json(service::preview(door.view(), &token.into_inner().token).await?))
}

/// Accept an invitation
///
/// It takes the account of the address that is invited. Whoever has none registers with the token.
#[utoipa::path(tag = "invitations", request_body = InvitationTokenIn, responses((status = 200, body = JoinedOut), (status = 403, description = "It is for another address than yours (`wrong_recipient`)."), (status = 409, description = "You are a member already, or there is no seat left."), (status = 410, description = "It is used, expired or withdrawn.")))]
#[post("/accept")]
async fn accept_invitation(
    me: SignedIn,
    token: Valid<InvitationTokenIn>,
) -> Result<HttpResponse, Problem> {
    let token = token.into_inner().token;
    me.answer(async |tx| Ok(HttpResponse::Ok().json(service::accept(tx, &token).await?))).await
}

/// Decline an invitation
#[utoipa::path(tag = "invitations", request_body = InvitationTokenIn, responses((status = 204, description = "It can be accepted no more."), (status = 410, description = "It is used, expired or withdrawn.")))]
#[post("/decline")]
async fn decline_invitation(
    door: Anyone,
    token: Valid<InvitationTokenIn>,
) -> Result<HttpResponse, Problem> {
    let token = token.into_inner().token;
    door.answer(async |tx| {
        service::decline(tx, &token).await.map(|()| NoContent).map_err(Into::into)
    })
    .await
}

/// List the invitations that wait for your answer
#[utoipa::path(tag = "invitations", params(PageParameters), responses((status = 200, body = PageOf<InvitedOut>)))]
#[get("/invitations")]
async fn list_my_invitations(
    me: SignedIn,
    Page { page, .. }: Page,
) -> Result<PageOf<InvitedOut>, Problem> {
    Ok(service::waiting_for_me(me.view(), &page).await?)
}
