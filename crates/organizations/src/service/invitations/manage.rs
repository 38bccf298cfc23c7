//! What the organization does with its invitations.

use kernel::{OrgTx, OrgView, PageOf, Tx, db::PageRequest};
use sea_orm::ActiveValue::Set;

use super::{Recorded, entry, keys};
use crate::{
    Error,
    models::{
        invitation::{self, Invitation, InvitationId, State},
        organization,
    },
    schemas::invitations::InvitationOut,
};

/// A page of the organization's invitations.
pub async fn list(
    view: &OrgView,
    state: Option<State>,
    page: &PageRequest,
) -> Result<PageOf<InvitationOut>, Error> {
    let page = invitation::page(view, state, page).await?;
    let keys = keys(view, &page.items).await?;
    Ok(page.map(|it| InvitationOut::of(&it, view.now(), &keys)))
}

/// The invitation of this id.
pub async fn read(view: &OrgView, id: InvitationId) -> Result<InvitationOut, Error> {
    let invitation = invitation::by_id(view, id).await?.ok_or(Error::NotFound)?;
    shown(view, invitation).await
}

/// Withdraws an invitation that nobody has answered; its token is dead at once.
pub async fn revoke(tx: &OrgTx, id: InvitationId) -> Result<(), Error> {
    organization::hold(tx).await?;
    let before = invitation::changing(tx, id).await?;
    if before.state != State::Pending {
        return Err(Error::InvitationClosed);
    }
    let recorded = Recorded::from(&before);
    let after = invitation::save(tx, before, |row| row.state = Set(State::Revoked)).await?;
    let revoked = entry("invitation.revoked", &after);
    audit_log::record(tx, revoked.changed(&recorded, &Recorded::from(&after)));
    Ok(())
}

/// A role that a pending invitation gives cannot go: the invited would join without it.
pub async fn keep_roles(tx: &Tx, removing: &roles::Removing) -> Result<(), Error> {
    let tx = tx.inside(removing.organization);
    let named = invitation::pending_roles(&tx).await?;
    let in_use = named.iter().any(|it| it.0.contains(&removing.role));
    if in_use { Err(Error::RoleInUse) } else { Ok(()) }
}

pub async fn shown(view: &OrgView, invitation: Invitation) -> Result<InvitationOut, Error> {
    let keys = keys(view, std::slice::from_ref(&invitation)).await?;
    Ok(InvitationOut::of(&invitation, view.now(), &keys))
}
