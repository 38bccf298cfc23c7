//! Registering: an account whose address is still to be proved.

use audit_log::{Entry, Target};
use chrono::TimeDelta;
use kernel::{Door, Scope, Tx, View, token};
use sea_orm::ActiveValue::Set;
use serde_json::json;
use users::{EmailAddress, NewUser, User};

use super::{Auth, invited, paced};
use crate::{
    Error, RegisterIn, TokensOut,
    config::password_least,
    mails,
    models::{
        link::{self, Kind, NewLink},
        password,
    },
    password::check,
};

/// How long a mailed link is good.
const LINK_LIFE: TimeDelta = TimeDelta::hours(24);

/// Registers an account: with an invitation it is proved, joins and is signed in at once.
pub async fn register(door: &Door<View>, mut new: RegisterIn) -> Result<Option<TokensOut>, Error> {
    match new.invitation_token.take() {
        Some(token) => Ok(Some(invited::register(door, new, &token).await?)),
        None => wait_for_proof(door, new).await.map(|()| None),
    }
}

/// Registers an account, or tells the owner of a known address by mail that somebody tried; who asks
/// cannot tell the two apart (ASVS 6.3.8).
async fn wait_for_proof(door: &Door<View>, new: RegisterIn) -> Result<(), Error> {
    let auth = door.view().of::<Auth>();
    let RegisterIn { email, password, name, locale, .. } = new;
    check(&password, password_least(door.view()).await?, &email, &name)?;
    let email = EmailAddress::parse(&email).ok_or(Error::Email)?;
    let hash = auth.hasher.hash(&password).await?;
    let locale = locale.unwrap_or_else(|| "en".to_owned());
    let new = NewUser { email, name, locale };

    paced(async {
        let first = door.run(async |tx| enter(tx, new.clone(), hash.clone()).await).await;
        match first {
            // Somebody else has just registered the address: now it is a known one.
            Err(Error::Users(users::Error::EmailTaken)) => {
                door.run(async |tx| enter(tx, new, hash).await).await
            }
            done => done,
        }
    })
    .await
}

async fn enter(tx: &Tx, new: NewUser, hash: String) -> Result<(), Error> {
    // Held, so that an address that is being proved right now is not taken for an unproved one (A1).
    match users::hold_by_email(tx, &new.email).await? {
        None => {
            let user = users::create(tx, new).await?;
            password::put(tx, user.id, hash.clone()).await?;
            mail_link(tx, &user, hash).await?;
            record(tx, "user.registered", &user);
        }
        // Nobody has proved the address yet: whoever does decides whose password counts (A1). Until
        // then the account has none, for nobody can tell whose it would be.
        Some(user) if user.email_verified_at.is_none() => {
            password::remove(tx, user.id).await?;
            mail_link(tx, &user, hash).await?;
            record(tx, "user.registered_again", &user);
        }
        Some(user) => {
            notifications::mail(tx, user.id, &mails::ACCOUNT_EXISTS, json!({}))?;
            record(tx, "user.registered_again", &user);
        }
    }
    Ok(())
}

/// The link takes along the password of this registration: proving the mailbox with it makes that
/// one the account's, and not what another has registered in between.
pub async fn mail_link(
    tx: &Tx<impl Scope>,
    user: &User,
    password_hash: String,
) -> Result<(), Error> {
    let view = tx.view();
    let token = token::make();
    let row = NewLink {
        id: Set(view.id()),
        kind: Set(Kind::VerifyEmail),
        user_id: Set(user.id),
        email_canonical: Set(user.email_canonical.clone()),
        token_hash: Set(token::hash(&token)),
        password_hash: Set(Some(password_hash)),
        expires_at: Set(view.now() + LINK_LIFE),
        created_at: Set(view.now()),
    };
    link::insert(tx, row).await?;
    let link = notifications::link(view, "verify-email", &token);
    let requested = view.now().format("%Y-%m-%d %H:%M UTC").to_string();
    let values = json!({ "link": link, "requested": requested });
    Ok(notifications::mail(tx, user.id, &mails::VERIFY_EMAIL, values)?)
}

pub fn record(tx: &Tx, action: &'static str, user: &User) {
    audit_log::record(tx, Entry::of(action, Target::new("user", user.id)).about(user.id));
}
