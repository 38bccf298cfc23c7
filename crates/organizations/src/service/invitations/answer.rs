//! What the invited do: accept or decline, once.

use kernel::{Caller, OrgTx, Tx};
use sea_orm::ActiveValue::Set;
use users::User;

use super::{
    Recorded,
    claim::{by_token, worth},
    entry, keys,
};
use crate::{
    Error,
    models::{
        invitation::{self, Invitation, State},
        organization::{self, Organization},
    },
    schemas::invitations::JoinedOut,
    service::members,
};

/// Accepts an invitation as who asks.
pub async fn accept(tx: &Tx, token: &str) -> Result<JoinedOut, Error> {
    let me = tx.caller().and_then(Caller::user).ok_or(Error::NotFound)?;
    let me = users::hold(tx, me).await?;
    accept_for(tx, token, &me).await
}

/// Accepts an invitation for an account that the caller holds: it joins, and the token is used up. An
/// account whose address is another, or still to be proved, does not (A1, A14).
pub async fn accept_for(tx: &Tx, token: &str, user: &User) -> Result<JoinedOut, Error> {
    let (tx, organization, before) = hold(tx, token).await?;
    if user.email_verified_at.is_none() || user.email_canonical != before.email_canonical {
        return Err(Error::WrongRecipient);
    }
    match roles::hold(&tx, &before.roles.0).await {
        Err(roles::Error::Unknown(_)) => return Err(Error::LinkExpired),
        held => held?,
    }
    worth(&tx, &before).await?;
    members::join(&tx, user.id, &before.roles.0).await?;
    let keys = keys(&tx, std::slice::from_ref(&before)).await?;
    let recorded = Recorded::from(&before);
    let after = invitation::save(&tx, before, |row| row.state = Set(State::Accepted)).await?;
    let accepted = entry("invitation.accepted", &after).by(user.id);
    audit_log::record(&tx, accepted.changed(&recorded, &Recorded::from(&after)));
    Ok(JoinedOut::of(&after, &organization, &keys))
}

/// Declines an invitation; whoever has read the mail may.
pub async fn decline(tx: &Tx, token: &str) -> Result<(), Error> {
    let (tx, _, before) = hold(tx, token).await?;
    let recorded = Recorded::from(&before);
    let after = invitation::save(&tx, before, |row| row.state = Set(State::Declined)).await?;
    let declined = entry("invitation.declined", &after);
    audit_log::record(&tx, declined.changed(&recorded, &Recorded::from(&after)));
    Ok(())
}

/// The invitation of a token, which nobody else can answer, revoke or send again until the
/// transaction ends. It is read once more when its organization is held: another may have been
/// faster.
async fn hold(tx: &Tx, token: &str) -> Result<(OrgTx, Organization, Invitation), Error> {
    let found = by_token(tx, token).await?;
    let inside = tx.inside(found.organization_id);
    let organization = match organization::hold(&inside).await {
        Err(Error::NotFound) => return Err(Error::LinkExpired),
        organization => organization?,
    };
    Ok((inside, organization, by_token(tx, token).await?))
}
