//! What an invitation is worth to who has its token.

use std::collections::BTreeMap;

use kernel::{
    Caller, OrgView, OrganizationId, PageOf, Permission, Scope, UserId, View, db::PageRequest,
    token,
};
use users::{EmailAddress, Status, User};

use super::keys;
use crate::{
    Error, WriteInvitations,
    models::{
        invitation::{self, Invitation, State},
        organization::{self, Organization},
    },
    schemas::invitations::{InvitedOut, PreviewOut},
    standing::{self, Member},
};

/// What somebody sees of an invitation before they answer; looking changes nothing. A token that is
/// none, or not any more, is the same to everybody (A14).
pub async fn preview(view: &View, token: &str) -> Result<PreviewOut, Error> {
    let invitation = by_token(view, token).await?;
    let inviter = worth(view, &invitation).await?;
    let there = organization::of(view, vec![invitation.organization_id]).await?;
    let organization = there.first().ok_or(Error::LinkExpired)?;
    let address = EmailAddress::parse(&invitation.email).ok_or(Error::Email)?;
    let account = users::by_email(view, &address).await?;
    let proved = account.is_some_and(|it| it.email_verified_at.is_some());
    let keys = keys(view, std::slice::from_ref(&invitation)).await?;
    let preview = PreviewOut::of(&invitation, organization, &inviter, &keys);
    Ok(PreviewOut { account_exists: proved, ..preview })
}

/// A page of the invitations to the address that the caller has proved. Those in which nothing can
/// be had any more, for their inviter has lost what they gave, still stand there.
pub async fn waiting_for_me(view: &View, page: &PageRequest) -> Result<PageOf<InvitedOut>, Error> {
    let user = view.caller().and_then(Caller::user).ok_or(Error::NotFound)?;
    let me = users::by_id(view, user).await?;
    let proved = me.email_verified_at.map(|_| me.email_canonical);
    let page = invitation::waiting_for(view, proved.unwrap_or_default(), page).await?;
    let places = page.items.iter().map(|it| it.organization_id).collect();
    let inviters: Vec<UserId> = page.items.iter().map(|it| it.invited_by).collect();
    let organizations: BTreeMap<OrganizationId, Organization> =
        organization::of(view, places).await?.into_iter().map(|it| (it.id, it)).collect();
    let inviters: BTreeMap<UserId, User> =
        users::by_ids(view, &inviters).await?.into_iter().map(|it| (it.id, it)).collect();
    let keys = keys(view, &page.items).await?;
    Ok(page.map(|it| {
        let organization = organizations.get(&it.organization_id);
        InvitedOut::of(&it, organization, inviters.get(&it.invited_by), &keys)
    }))
}

/// The invitation of a token that can still be answered.
pub async fn by_token(view: &View, token: &str) -> Result<Invitation, Error> {
    let found = invitation::by_token(view, token::hash(token)).await?;
    let open = found.filter(|it| it.state_at(view.now()) == State::Pending);
    open.ok_or(Error::LinkExpired)
}

/// Who invites, if they could still do it: an active member of a live organization, who may invite
/// and holds all that the roles allow by now (A14, ASVS 8.2.1).
pub async fn worth(view: &View, invitation: &Invitation) -> Result<User, Error> {
    let inviter = match users::by_id(view, invitation.invited_by).await {
        Err(users::Error::NotFound) => return Err(Error::LinkExpired),
        inviter => inviter?,
    };
    let member = Member { user: inviter.id, organization: invitation.organization_id };
    let standing = standing::of(view, member).await?.ok_or(Error::LinkExpired)?;
    let given = roles::of(view, &invitation.roles.0).await?;
    let needed = view.catalogue().set(OrgView::NAME, [WriteInvitations::KEY]);
    let sound = inviter.status == Status::Active
        && given.len() == invitation.roles.0.len()
        && roles::union(&standing).covers(needed.or(roles::union(&given)));
    if sound { Ok(inviter) } else { Err(Error::LinkExpired) }
}
