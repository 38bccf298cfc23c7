//! Signing in with a password.

use audit_log::{Entry, Outcome, Target};
use chrono::{DateTime, Utc};
use kernel::{Door, Tx, UserId, View};
use sea_orm::ActiveValue::Set;
use users::{EmailAddress, User};

use super::{
    Auth,
    compare::{Compared, NOBODY, compare},
    greet::greet,
};
use crate::{
    Error, LoginIn, TokensOut,
    config::{session_idle, session_life},
    device::Device,
    models::session::{self, NewSession, Session},
};

/// How it comes out; what is refused is recorded too, so it commits like the rest.
pub enum Login {
    Welcome(Box<Session>),
    Refused(Error),
}

/// Signs in. An unknown address and a wrong password are one answer, after the same work
/// (ASVS 6.3.8); what else is in the way is told to who has the right password only.
pub async fn login(door: &Door<View>, input: LoginIn) -> Result<TokensOut, Error> {
    let user = match EmailAddress::parse(&input.email) {
        Some(email) => users::by_email(door.view(), &email).await?,
        None => None,
    };
    let id = user.as_ref().map(|it| it.id);
    let compared = compare(door.view(), id, &input.password).await?;
    let login = door.run(async |tx| match user {
        Some(user) if compared.matched() => enter(tx, user, &compared).await,
        known => {
            refuse(tx, known.as_ref(), "invalid_credentials");
            Ok(Login::Refused(Error::InvalidCredentials))
        }
    });
    login.await?.tokens(door.view()).await
}

impl Login {
    /// What its owner gets.
    pub async fn tokens(self, view: &View) -> Result<TokensOut, Error> {
        match self {
            Self::Welcome(session) => view.of::<Auth>().tokens(view, &session).await,
            Self::Refused(error) => Err(error),
        }
    }
}

/// The password was right a moment ago; the account as it is now decides, and whoever deletes it or
/// changes its password at the same time waits until the session can be ended too (A13).
async fn enter(tx: &Tx, user: User, compared: &Compared) -> Result<Login, Error> {
    let user = match users::hold(tx, user.id).await {
        Ok(user) if compared.holds(tx, user.id).await? => user,
        Ok(_) | Err(users::Error::NotFound) => {
            refuse(tx, Some(&user), "invalid_credentials");
            return Ok(Login::Refused(Error::InvalidCredentials));
        }
        Err(error) => return Err(error.into()),
    };
    if user.is_disabled_at(tx.now()) {
        refuse(tx, Some(&user), "account_disabled");
        return Ok(Login::Refused(Error::AccountDisabled));
    }
    if user.email_verified_at.is_none() {
        refuse(tx, Some(&user), "email_not_verified");
        return Ok(Login::Refused(Error::EmailNotVerified));
    }
    Ok(Login::Welcome(Box::new(begin(tx, &user).await?)))
}

/// Begins a session of an account that the caller holds, and whose owner has proved who they are.
pub async fn begin(tx: &Tx, user: &User) -> Result<Session, Error> {
    greet(tx, user).await?;
    let (now, life) = (tx.now(), session_life(tx).await?);
    insert(tx, user.id, now, now + life).await
}

/// Begins a session in the place of another, for who has proved once more who they are: it has tokens
/// of its own, and does not last longer.
pub async fn renew(tx: &Tx, old: &Session) -> Result<Session, Error> {
    insert(tx, old.user_id, old.created_at, old.ends_at).await
}

async fn insert(
    tx: &Tx,
    user: UserId,
    since: DateTime<Utc>,
    ends_at: DateTime<Utc>,
) -> Result<Session, Error> {
    let (id, now, idle) = (tx.id(), tx.now(), session_idle(tx).await?);
    let row = NewSession {
        id: Set(id),
        user_id: Set(user),
        nonce: Set(kernel::random::<16>().to_vec()),
        generation: Set(0),
        rotated_at: Set(now),
        authenticated_at: Set(now),
        expires_at: Set((now + idle).min(ends_at)),
        ends_at: Set(ends_at),
        device: Set(Device::of(tx).sealed(tx.keyring(), id)),
        ended_at: Set(None),
        created_at: Set(since),
    };
    let session = session::insert(tx, row).await?;
    let entry = Entry::of("session.created", Target::new("session", session.id));
    audit_log::record(tx, entry.by(user).about(user));
    Ok(session)
}

/// Notes that somebody could not prove who they are.
pub fn refuse(tx: &Tx, user: Option<&User>, reason: &'static str) {
    let target = Target::new("user", user.map_or(NOBODY, |user| user.id));
    let entry = Entry::of("session.refused", target).with(Outcome::Denied).noting("reason", reason);
    let entry = match user {
        Some(user) => entry.about(user.id),
        None => entry,
    };
    audit_log::record(tx, entry);
}
