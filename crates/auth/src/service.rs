//! One file a journey.

mod behind;
pub mod bootstrap;
pub mod change_email;
pub mod change_password;
mod compare;
pub mod create;
mod ends;
pub mod export;
pub mod forgot;
mod greet;
pub mod invited;
pub mod leave;
pub mod links;
pub mod login;
pub mod purge;
pub mod reauthenticate;
pub mod refresh;
pub mod register;
pub mod resend;
pub mod reset;
pub mod rotate;
pub mod sessions;
mod supersede;
pub mod verify;

use std::{sync::Mutex, time::Duration};

use chrono::{DateTime, Utc};
use kernel::{Cache, SessionId, UserId, View};
use tokio::time::sleep;

use crate::{
    Error, FirstAdministrator,
    config::Config,
    models::session::{self, Session},
    password::hasher::Hasher,
    schemas::TokensOut,
    token::{
        access::{self, VerifiedTokens},
        keys::SigningKeys,
        refresh as refresh_token,
    },
};

/// What this feature holds while the server runs.
pub struct Auth {
    pub config: Config,
    pub hasher: Hasher,
    pub keys: SigningKeys,
    pub verified: VerifiedTokens,
    pub sessions: Cache<SessionId, Option<LiveSession>>,
    pub first_administrator: Mutex<Option<FirstAdministrator>>,
}

/// What every request needs to know of its session.
#[derive(Clone, Copy, Debug)]
pub struct LiveSession {
    /// Whose it is.
    pub user: UserId,
    /// When it is over.
    pub until: DateTime<Utc>,
}

/// How long it takes at least to answer what must not tell whether there is an account: longer than
/// any of it takes (ASVS 6.3.8, A12).
pub const PACE: Duration = Duration::from_millis(50);

/// Does it, and answers no sooner than [`PACE`] allows.
pub async fn paced<T>(work: impl Future<Output = T>) -> T {
    let (done, ()) = tokio::join!(work, sleep(PACE));
    done
}

impl Auth {
    pub fn new(config: Config) -> Self {
        Self {
            config,
            hasher: Hasher::default(),
            keys: SigningKeys::default(),
            verified: VerifiedTokens::default(),
            sessions: Cache::new("auth.sessions", 100_000, Duration::from_mins(10)),
            first_administrator: Mutex::default(),
        }
    }

    /// What its owner gets of a session's current generation.
    async fn tokens(&self, view: &View, session: &Session) -> Result<TokensOut, Error> {
        let who = (session.user_id, session.id);
        let at = session.authenticated_at;
        let (access_token, life) = access::issue(view, &self.config, &self.keys, who, at).await?;
        Ok(TokensOut {
            access_token,
            token_type: "Bearer",
            expires_in: life.num_seconds(),
            refresh_token: refresh_token::write(view.keyring(), session, session.generation),
            refresh_expires_in: (session.expires_at - view.now()).num_seconds(),
        })
    }
}

impl LiveSession {
    /// Reads it; `None` where it is over.
    pub async fn load(view: &View, id: SessionId) -> Result<Option<Self>, Error> {
        let session = session::by_id(view, id).await?.filter(|it| it.ended_at.is_none());
        Ok(session.map(|it| Self { user: it.user_id, until: it.expires_at.min(it.ends_at) }))
    }
}
