//! Proving a mailbox with the link that was mailed to it.

use kernel::{Door, Tx, View};
use users::User;

use super::{
    Auth, change_email,
    ends::{EndedBy, end_all},
    links,
};
use crate::{
    Error, Password,
    models::{
        link::{self, Kind, Link},
        password,
    },
    password::rules::Rules,
};

/// Uses the link up: the address is proved, and every link, password and session from before the proof
/// is void (A1, ASVS 6.4.1). The account's password is the one that is chosen now; without one it is
/// that of the link's own registration, if nobody else has registered with the address.
pub async fn verify(
    door: &Door<View>,
    token: &str,
    chosen: Option<&Password>,
) -> Result<(), Error> {
    let view = door.view();
    let link = links::live(view, &[Kind::VerifyEmail, Kind::ChangeEmail], token).await?;
    if link.kind == Kind::ChangeEmail {
        return door.run(async |tx| change_email::confirm(tx, link).await).await;
    }
    let hash = match chosen {
        Some(chosen) => {
            let user = owner(view, &link).await?;
            Rules::of(view).await?.check(chosen, &user.email, &user.name)?;
            Some(view.of::<Auth>().hasher.hash(chosen).await?)
        }
        None => None,
    };
    door.run(async |tx| prove(tx, link, hash).await).await
}

/// Whose link it is.
pub async fn owner(view: &View, link: &Link) -> Result<User, Error> {
    gone(users::by_id(view, link.user_id).await)
}

/// The account of a link, held: as registering and deleting do, so that none is caught half-way. Of an
/// account that is gone no link is any good.
pub async fn hold(tx: &Tx, link: &Link) -> Result<User, Error> {
    gone(users::hold(tx, link.user_id).await)
}

async fn prove(tx: &Tx, link: Link, chosen: Option<String>) -> Result<(), Error> {
    let user = hold(tx, &link).await?;
    if user.email_verified_at.is_some() || user.email_canonical != link.email_canonical {
        return Err(Error::LinkExpired);
    }
    let hash = match chosen {
        Some(chosen) => chosen,
        // Where several have registered, the account has no password until somebody chooses one.
        None if password::hash_of(tx, user.id).await?.is_none() => {
            return Err(Error::PasswordNeeded);
        }
        None => link.password_hash.clone().ok_or(Error::PasswordNeeded)?,
    };
    if !link::take(tx, &link).await? {
        return Err(Error::LinkExpired);
    }
    link::void(tx, user.id).await?;
    end_all(tx, user.id, None, EndedBy::Proof).await?;
    password::put(tx, user.id, hash).await?;
    users::verify_email(tx, user.id).await?;
    Ok(())
}

fn gone(user: Result<User, users::Error>) -> Result<User, Error> {
    match user {
        Err(users::Error::NotFound) => Err(Error::LinkExpired),
        user => Ok(user?),
    }
}
