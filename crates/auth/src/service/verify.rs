//! Proving a mailbox with the link that was mailed to it.

use kernel::{Tx, View};

use super::Auth;
use crate::{
    Error,
    models::{
        link::{self, Kind},
        password, session,
    },
    token,
};

/// Whether the link of this token is still good; looking does not use it up (A10).
pub async fn is_live(view: &View, token: &str) -> Result<bool, Error> {
    Ok(link::live(view, Kind::VerifyEmail, &token::link::hash(token)).await?.is_some())
}

/// Uses the link up: the address is proved, the password of the link's own registration counts, and
/// whatever else was set up before the proof is void (A1, ASVS 6.4.1).
pub async fn verify(tx: &Tx, token: &str) -> Result<(), Error> {
    let link = link::live(tx, Kind::VerifyEmail, &token::link::hash(token)).await?;
    let link = link.ok_or(Error::LinkExpired)?;
    let user = match users::by_id(tx, link.user_id).await {
        Err(users::Error::NotFound) => return Err(Error::LinkExpired),
        user => user?,
    };
    let stale = user.email_verified_at.is_some() || user.email_canonical != link.email_canonical;
    if stale || !link::take(tx, &link).await? {
        return Err(Error::LinkExpired);
    }
    link::void(tx, user.id, None).await?;
    for ended in session::end_all(tx, user.id).await? {
        tx.invalidate(&tx.of::<Auth>().sessions, ended);
    }
    if let Some(hash) = link.password_hash {
        password::put(tx, user.id, hash).await?;
    }
    users::verify_email(tx, user.id).await?;
    Ok(())
}
