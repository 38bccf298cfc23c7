//! Signing out, and going for good.

use kernel::{Caller, Tx, UserId};
use serde_json::json;

use super::ends::{EndedBy, end, end_all};
use crate::{
    Error, mails,
    models::{device, link, password, session},
};

/// Ends the session of who asks.
pub async fn logout(tx: &Tx) -> Result<(), Error> {
    let caller = tx.caller();
    let whose = caller.and_then(|it| Some((it.user()?, it.session?)));
    let (user, session) = whose.ok_or(Error::InvalidToken)?;
    end(tx, user, session, EndedBy::Logout).await?;
    Ok(())
}

/// Deletes the account of who asks; they are signed out everywhere and told by mail.
pub async fn delete_me(tx: &Tx) -> Result<(), Error> {
    let user = tx.caller().and_then(Caller::user).ok_or(Error::InvalidToken)?;
    delete(tx, user).await
}

/// Deletes another's account, in the same way.
pub async fn delete_other(tx: &Tx, user: UserId) -> Result<(), Error> {
    if tx.caller().and_then(Caller::user) == Some(user) {
        return Err(users::Error::OwnAccount.into());
    }
    delete(tx, user).await
}

/// An account that is erased leaves nothing behind.
pub async fn erase(tx: &Tx, users::Erased { user }: &users::Erased) -> Result<(), Error> {
    password::remove(tx, *user).await?;
    link::void(tx, *user).await?;
    Ok(session::erase(tx, *user).await?)
}

/// What an account may still do ends with it.
pub async fn forget(tx: &Tx, users::Deleted { user }: &users::Deleted) -> Result<(), Error> {
    link::void(tx, *user).await?;
    device::forget(tx, *user).await?;
    end_all(tx, *user, None, EndedBy::Deletion).await
}

/// Whose account is disabled is signed out everywhere (ASVS 7.4.2).
pub async fn sign_out(tx: &Tx, users::Disabled { user }: &users::Disabled) -> Result<(), Error> {
    end_all(tx, *user, None, EndedBy::Disabling).await
}

async fn delete(tx: &Tx, user: UserId) -> Result<(), Error> {
    users::delete(tx, user).await?;
    Ok(notifications::mail(tx, user, &mails::ACCOUNT_DELETED, json!({}))?)
}
