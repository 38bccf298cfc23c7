//! Mailing an invitation once more.

use kernel::{OrgTx, Scope, token};
use sea_orm::ActiveValue::Set;
use users::{EmailAddress, User};

use super::{
    Recorded, entry, inviter,
    known::{DAY, Room, mailed_little, mails_then},
    mail,
    manage::shown,
};
use crate::{
    Error,
    config::invitation_life,
    models::{
        invitation::{self, Invitation, InvitationId, State},
        membership, organization,
    },
    schemas::invitations::InvitationOut,
};

/// Mails an invitation again, an expired one too, with another token and a new date; the old token
/// is dead at once. From now on it is worth what the one who does this may give.
pub async fn resend(tx: &OrgTx, id: InvitationId) -> Result<InvitationOut, Error> {
    let organization = organization::hold(tx).await?;
    let inviter = inviter(tx).await?;
    let before = invitation::changing(tx, id).await?;
    within_reach(tx, &before).await?;
    let account = account_of(tx, &before).await?;
    make_room(tx, &before).await?;

    let token = token::make();
    let until = tx.now() + invitation_life(tx).await?;
    let recorded = Recorded::from(&before);
    let mails = mails_then(&before, tx.now());
    let after = invitation::save(tx, before, |row| {
        row.state = Set(State::Pending);
        row.token_hash = Set(token::hash(&token));
        row.invited_by = Set(inviter.id);
        row.expires_at = Set(until);
        row.mails = Set(mails);
        row.mailed_at = Set(tx.now());
    })
    .await?;
    mail(tx, &organization, &inviter, &after, &token, account.as_ref())?;
    let resent = entry("invitation.resent", &after);
    audit_log::record(tx, resent.changed(&recorded, &Recorded::from(&after)));
    shown(tx, after).await
}

/// Whether whoever asks may still give what it gives; one whose role is gone gives nothing.
async fn within_reach(tx: &OrgTx, it: &Invitation) -> Result<(), Error> {
    if !matches!(it.state, State::Pending | State::Expired) {
        return Err(Error::InvitationClosed);
    }
    match roles::hold(tx, &it.roles.0).await {
        Err(roles::Error::Unknown(_)) => return Err(Error::InvitationClosed),
        held => held?,
    }
    let given = roles::of(tx, &it.roles.0).await?;
    let held = Scope::permissions(&**tx);
    held.covers(roles::union(&given)).then_some(()).ok_or(roles::Error::Exceeds.into())
}

async fn account_of(tx: &OrgTx, it: &Invitation) -> Result<Option<User>, Error> {
    let address = EmailAddress::parse(&it.email).ok_or(Error::Email)?;
    let account = users::by_email(tx, &address).await?;
    match &account {
        Some(account) if membership::of(tx, account.id).await?.is_some() => {
            Err(Error::AlreadyMember)
        }
        _ => Ok(account),
    }
}

/// There is room for it as for a new one; another to the address, if it has expired, makes way.
async fn make_room(tx: &OrgTx, it: &Invitation) -> Result<(), Error> {
    let now = tx.now();
    let address = EmailAddress::parse(&it.email).ok_or(Error::Email)?;
    let earlier = invitation::earlier(tx, std::slice::from_ref(&address)).await?;
    let others = || earlier.iter().filter(|other| other.id != it.id);
    if others().any(|other| other.state_at(now) == State::Pending) {
        return Err(Error::InvitationPending);
    }
    let mailed = invitation::mailed_to(tx, std::slice::from_ref(&address), now - DAY).await?;
    mailed_little(&mailed, &address)?;
    let mut room = Room::read(tx).await?;
    match it.state_at(now) {
        State::Pending => room.take_mail()?,
        _ => room.take()?,
    }
    Ok(invitation::expire(tx, others().map(|other| other.id).collect()).await?)
}
