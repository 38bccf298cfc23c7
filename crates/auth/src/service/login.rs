//! Signing in with a password.

use audit_log::{Entry, Outcome, Target};
use kernel::{Door, Tx, View};
use sea_orm::{ActiveValue::Set, prelude::Uuid};
use users::{EmailAddress, Status, User};

use super::Auth;
use crate::{
    Error, LoginIn, TokensOut,
    config::{session_idle, session_life},
    models::{
        password,
        session::{self, NewSession, Session},
    },
};

/// How it comes out; what is refused is recorded too, so it commits like the rest.
enum Login {
    Welcome(Box<Session>),
    Refused(Error),
}

/// Signs in. An unknown address and a wrong password are one answer, after the same work
/// (ASVS 6.3.8); what else is in the way is told to who has the right password only.
pub async fn login(door: &Door<View>, input: LoginIn) -> Result<TokensOut, Error> {
    let auth = door.view().of::<Auth>();
    let user = match EmailAddress::parse(&input.email) {
        Some(email) => users::by_email(door.view(), &email).await?,
        None => None,
    };
    let hash = password::hash_of(door.view(), user.as_ref().map_or(NOBODY, |it| it.id)).await?;
    let matches = auth.hasher.matches(&input.password, hash.as_deref()).await?;

    let login = door.run(async |tx| match user {
        Some(user) if matches => enter(tx, user, hash).await,
        known => {
            refuse(tx, known.as_ref(), "invalid_credentials");
            Ok(Login::Refused(Error::InvalidCredentials))
        }
    });
    match login.await? {
        Login::Welcome(session) => auth.tokens(door.view(), &session).await,
        Login::Refused(error) => Err(error),
    }
}

/// Whose password is asked for where there is no account.
const NOBODY: kernel::UserId = kernel::UserId(Uuid::nil());

/// The password was right a moment ago; the account as it is now decides, and whoever deletes it or
/// changes its password at the same time waits until the session can be ended too (A13).
async fn enter(tx: &Tx, user: User, hash: Option<String>) -> Result<Login, Error> {
    let user = match users::hold(tx, user.id).await {
        Ok(user) if password::hash_of(tx, user.id).await? == hash => user,
        Ok(_) | Err(users::Error::NotFound) => {
            refuse(tx, Some(&user), "invalid_credentials");
            return Ok(Login::Refused(Error::InvalidCredentials));
        }
        Err(error) => return Err(error.into()),
    };
    if user.status == Status::Disabled {
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
    let (idle, life) = (session_idle(tx).await?, session_life(tx).await?);
    let now = tx.now();
    let row = NewSession {
        id: Set(tx.id()),
        user_id: Set(user.id),
        nonce: Set(kernel::random::<16>().to_vec()),
        generation: Set(0),
        rotated_at: Set(now),
        authenticated_at: Set(now),
        expires_at: Set(now + idle.min(life)),
        ends_at: Set(now + life),
        ended_at: Set(None),
        created_at: Set(now),
    };
    let session = session::insert(tx, row).await?;
    let entry = Entry::of("session.created", Target::new("session", session.id));
    audit_log::record(tx, entry.by(user.id).about(user.id));
    Ok(session)
}

fn refuse(tx: &Tx, user: Option<&User>, reason: &'static str) {
    let target = Target::new("user", user.map_or(NOBODY, |user| user.id));
    let entry = Entry::of("session.refused", target).with(Outcome::Denied).noting("reason", reason);
    let entry = match user {
        Some(user) => entry.about(user.id),
        None => entry,
    };
    audit_log::record(tx, entry);
}
