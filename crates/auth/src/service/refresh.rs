//! Exchanging a refresh token: the current one for the next, the one before for the very same next,
//! an older one for the end of the session (A2, ASVS 10.4.5).

use audit_log::{Entry, Outcome, Target};
use chrono::TimeDelta;
use kernel::{Door, SessionId, Tx, UserId, View};
use serde_json::json;

use super::Auth;
use crate::{
    Error, TokensOut,
    config::{session_idle, session_life},
    mails,
    models::session::{self, Session},
    token::refresh::Claimed,
};

/// How long the token before the current one is still good: racing tabs, lost answers.
const GRACE: TimeDelta = TimeDelta::seconds(10);

/// How it comes out; a token that was used twice ends the session, and that must commit.
enum Refresh {
    Next(Box<Session>),
    Refused(Error),
}

/// Why a session was ended, as the audit log notes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBy {
    /// Its owner signed out.
    Logout,
    /// A refresh token of it was used twice.
    Reuse,
    /// Its account was deleted.
    Deletion,
    /// Its account was disabled.
    Disabling,
    /// Somebody proved the account's mailbox.
    Proof,
    /// It has lasted, or been idle, for longer than may be by now.
    Age,
}

/// New tokens for a refresh token.
pub async fn refresh(door: &Door<View>, token: &str) -> Result<TokensOut, Error> {
    let claimed = Claimed::read(token).ok_or(Error::InvalidToken)?;
    // What we have not made takes no transaction.
    let session = session::by_id(door.view(), claimed.session).await?;
    let ours = session.filter(|it| claimed.is_of(door.view().keyring(), it));
    let session = ours.ok_or(Error::InvalidToken)?;
    match door.run(async |tx| exchange(tx, claimed.generation, session).await).await? {
        Refresh::Next(session) => door.view().of::<Auth>().tokens(door.view(), &session).await,
        Refresh::Refused(error) => Err(error),
    }
}

async fn exchange(tx: &Tx, generation: i64, mut session: Session) -> Result<Refresh, Error> {
    if generation == session.generation {
        let ends_at = session.ends_at.min(session.created_at + session_life(tx).await?);
        let idle = session_idle(tx).await?;
        let expires_at = (tx.now() + idle).min(ends_at);
        if expires_at <= tx.now() || session.rotated_at + idle <= tx.now() {
            end(tx, session.user_id, session.id, EndedBy::Age).await?;
            return Ok(Refresh::Refused(Error::InvalidToken));
        }
        if session::advance(tx, &session, expires_at).await? {
            session.generation += 1;
            session.expires_at = expires_at;
            return Ok(Refresh::Next(Box::new(session)));
        }
        // Another was faster, or the session is over: see what it is now.
        let now = session::by_id(tx, session.id).await?;
        session = now.ok_or(Error::InvalidToken)?;
    }
    if !lives(tx, &session) {
        return Ok(Refresh::Refused(Error::InvalidToken));
    }
    let before = generation + 1 == session.generation;
    if before && tx.now() - session.rotated_at <= GRACE {
        return Ok(Refresh::Next(Box::new(session)));
    }
    if end(tx, session.user_id, session.id, EndedBy::Reuse).await? {
        notifications::mail(tx, session.user_id, &mails::SESSION_ENDED, json!({}))?;
    }
    Ok(Refresh::Refused(Error::RefreshTokenReused))
}

/// Ends a session everywhere: no token of it is good any more. `false` where it was over before.
pub async fn end(tx: &Tx, user: UserId, session: SessionId, why: EndedBy) -> Result<bool, Error> {
    let ends = session::end(tx, session).await?;
    if ends {
        ended(tx, user, session, why);
    }
    Ok(ends)
}

/// Notes that a session has ended, here and for the other replicas.
pub fn ended(tx: &Tx, user: UserId, session: SessionId, why: EndedBy) {
    tx.invalidate(&tx.of::<Auth>().sessions, session);
    let (reason, outcome) = match why {
        EndedBy::Logout => ("logout", Outcome::Success),
        EndedBy::Reuse => ("refresh_token_reused", Outcome::Denied),
        EndedBy::Deletion => ("account_deleted", Outcome::Success),
        EndedBy::Disabling => ("account_disabled", Outcome::Success),
        EndedBy::Proof => ("email_verified", Outcome::Success),
        EndedBy::Age => ("too_old", Outcome::Success),
    };
    let entry = Entry::of("session.ended", Target::new("session", session));
    audit_log::record(tx, entry.with(outcome).about(user).noting("reason", reason));
}

fn lives(tx: &Tx, session: &Session) -> bool {
    session.ended_at.is_none() && session.expires_at > tx.now() && session.ends_at > tx.now()
}
