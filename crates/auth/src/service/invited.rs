//! Registering with the token of an invitation: who has it has read the mail, so the address is
//! proved, the account joins, and all of that is one transaction.

use kernel::{Door, Tx, View};
use users::{EmailAddress, NewUser, Status, User};

use super::{Auth, login, register::record};
use crate::{
    Error, RegisterIn, TokensOut, config::password_least, models::password, password::check,
};

/// Registers, joins and signs in.
pub async fn register(door: &Door<View>, new: RegisterIn, token: &str) -> Result<TokensOut, Error> {
    let session = enter(door, new, token, login::begin).await?;
    door.view().of::<Auth>().tokens(door.view(), &session).await
}

/// Registers and joins, without signing in: for a page, which has nowhere to keep tokens.
pub async fn join(door: &Door<View>, new: RegisterIn, token: &str) -> Result<(), Error> {
    enter(door, new, token, async |_, _| Ok(())).await
}

async fn enter<T>(
    door: &Door<View>,
    new: RegisterIn,
    token: &str,
    then: impl AsyncFn(&Tx, &User) -> Result<T, Error>,
) -> Result<T, Error> {
    let auth = door.view().of::<Auth>();
    let RegisterIn { email, password, name, locale, .. } = new;
    check(&password, password_least(door.view()).await?, &email, &name)?;
    let email = EmailAddress::parse(&email).ok_or(Error::Email)?;
    // What nobody has mailed is not hashed for.
    may_register(door.view(), &email, token).await?;
    let hash = auth.hasher.hash(&password).await?;
    let new = NewUser { email, name, locale: locale.unwrap_or_else(|| "en".to_owned()) };

    let enter = async || {
        let work = async |tx: &Tx| {
            let user = make(tx, new.clone(), hash.clone(), token).await?;
            then(tx, &user).await
        };
        door.run(work).await
    };
    match enter().await {
        // Somebody else has just registered the address: now it is a known one.
        Err(Error::Users(users::Error::EmailTaken)) => enter().await,
        done => done,
    }
}

/// Only the reader of the mail learns whether there is an account (A12).
async fn may_register(view: &View, email: &EmailAddress, token: &str) -> Result<(), Error> {
    let invitation = organizations::preview(view, token).await?;
    let invited = EmailAddress::parse(&invitation.email);
    if invited.is_none_or(|it| it.canonical() != email.canonical()) {
        return Err(organizations::Error::WrongRecipient.into());
    }
    if invitation.account_exists { Err(Error::AccountExists) } else { Ok(()) }
}

async fn make(tx: &Tx, new: NewUser, hash: String, token: &str) -> Result<User, Error> {
    // Held, so that an address that is being proved right now is not taken for an unproved one (A1).
    if let Some(earlier) = users::hold_by_email(tx, &new.email).await? {
        supersede(tx, &earlier).await?;
    }
    let user = users::create(tx, new).await?;
    password::put(tx, user.id, hash).await?;
    record(tx, "user.registered", &user);
    let user = users::verify_email(tx, user.id).await?;
    organizations::accept_for(tx, token, &user).await?;
    Ok(user)
}

/// Whoever registered the address before has proved nothing. Their account goes whole, and a new one
/// takes its place: no password, session, link or whatever else an account may have comes along (A1).
async fn supersede(tx: &Tx, earlier: &User) -> Result<(), Error> {
    if earlier.email_verified_at.is_some() {
        return Err(Error::AccountExists);
    }
    if earlier.status == Status::Disabled {
        return Err(Error::AccountDisabled);
    }
    users::delete(tx, earlier.id).await?;
    Ok(password::remove(tx, earlier.id).await?)
}
