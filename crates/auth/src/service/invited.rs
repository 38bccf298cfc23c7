//! Registering with the token of an invitation: who has it has read the mail, so the address is
//! proved, the account joins, and all of that is one transaction.

use audit_log::{Entry, Target};
use kernel::{Door, Tx, View};
use users::{EmailAddress, NewUser, User};

use super::{Auth, login, supersede::supersede};
use crate::{Error, RegisterIn, TokensOut, models::password, password::rules::Rules};

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
    Rules::of(door.view()).await?.check(&password, &email, &name)?;
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
    let entry = Entry::of("user.registered", Target::new("user", user.id));
    audit_log::record(tx, entry.about(user.id));
    let user = users::verify_email(tx, user.id).await?;
    organizations::accept_for(tx, token, &user).await?;
    Ok(user)
}
