//! The end of sessions, here and on every other replica.

use audit_log::{Entry, Outcome, Target};
use kernel::{SessionId, Tx, UserId};

use super::Auth;
use crate::{Error, models::session};

/// Why a session was ended, as the audit log notes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBy {
    /// Its owner signed out.
    Logout,
    /// Its owner, or an administrator, ended it from elsewhere.
    Revocation,
    /// Its owner proved once more who they are: another takes its place.
    Reauthentication,
    /// The account has another password.
    Password,
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

impl EndedBy {
    fn told(self) -> (&'static str, Outcome) {
        match self {
            Self::Logout => ("logout", Outcome::Success),
            Self::Revocation => ("revoked", Outcome::Success),
            Self::Reauthentication => ("reauthenticated", Outcome::Success),
            Self::Password => ("password_changed", Outcome::Success),
            Self::Reuse => ("refresh_token_reused", Outcome::Denied),
            Self::Deletion => ("account_deleted", Outcome::Success),
            Self::Disabling => ("account_disabled", Outcome::Success),
            Self::Proof => ("email_verified", Outcome::Success),
            Self::Age => ("too_old", Outcome::Success),
        }
    }
}

/// Ends a session everywhere: no token of it is good any more. `false` where it was over before.
pub async fn end(tx: &Tx, user: UserId, session: SessionId, why: EndedBy) -> Result<bool, Error> {
    let ends = session::end(tx, session).await?;
    if ends {
        ended(tx, user, session, why);
    }
    Ok(ends)
}

/// Ends every session of an account, but for `kept`.
pub async fn end_all(
    tx: &Tx,
    user: UserId,
    kept: Option<SessionId>,
    why: EndedBy,
) -> Result<(), Error> {
    for session in session::end_all(tx, user, kept).await? {
        ended(tx, user, session, why);
    }
    Ok(())
}

/// Notes that a session has ended, here and for the other replicas.
fn ended(tx: &Tx, user: UserId, session: SessionId, why: EndedBy) {
    tx.invalidate(&tx.of::<Auth>().sessions, session);
    let (reason, outcome) = why.told();
    let entry = Entry::of("session.ended", Target::new("session", session));
    audit_log::record(tx, entry.with(outcome).about(user).noting("reason", reason));
}
