//! Proving a mailbox with the link that was mailed to it.

use kernel::{Door, Tx, View, token};

use super::refresh::{self, EndedBy};
use crate::{
    Error,
    models::{
        link::{self, Kind, Link},
        password, session,
    },
};

/// Whether the link of this token is still good; looking does not use it up (A10).
pub async fn is_live(view: &View, token: &str) -> Result<bool, Error> {
    Ok(link::live(view, Kind::VerifyEmail, &token::hash(token)).await?.is_some())
}

/// Uses the link up: the address is proved, the password of the link's own registration counts, and
/// every other link, password and session from before the proof is void (A1, ASVS 6.4.1).
pub async fn verify(door: &Door<View>, token: &str) -> Result<(), Error> {
    // What nobody has mailed takes no transaction.
    let link = link::live(door.view(), Kind::VerifyEmail, &token::hash(token)).await?;
    let link = link.ok_or(Error::LinkExpired)?;
    door.run(async |tx| prove(tx, link).await).await
}

/// The account is held first, as registering and deleting do: so none of them is caught half-way.
async fn prove(tx: &Tx, link: Link) -> Result<(), Error> {
    let user = match users::hold(tx, link.user_id).await {
        Err(users::Error::NotFound) => return Err(Error::LinkExpired),
        user => user?,
    };
    let stale = user.email_verified_at.is_some() || user.email_canonical != link.email_canonical;
    if stale || !link::take(tx, &link).await? {
        return Err(Error::LinkExpired);
    }
    link::void(tx, user.id).await?;
    for ended in session::end_all(tx, user.id).await? {
        refresh::ended(tx, user.id, ended, EndedBy::Proof);
    }
    if let Some(hash) = link.password_hash {
        password::put(tx, user.id, hash).await?;
    }
    users::verify_email(tx, user.id).await?;
    Ok(())
}
