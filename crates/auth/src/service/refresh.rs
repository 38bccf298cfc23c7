//! Exchanging a refresh token: the current one for the next, the one before for the very same next,
//! an older one for the end of the session (A2, ASVS 10.4.5).

use chrono::TimeDelta;
use kernel::{Door, Tx, View};
use serde_json::json;

use super::{
    Auth,
    ends::{EndedBy, end},
};
use crate::{
    Error, TokensOut,
    config::{session_idle, session_life},
    device::Device,
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
        let device = Device::of(tx).sealed(tx.keyring(), session.id);
        if session::advance(tx, &session, expires_at, device).await? {
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

fn lives(tx: &Tx, session: &Session) -> bool {
    session.ended_at.is_none() && session.expires_at > tx.now() && session.ends_at > tx.now()
}
