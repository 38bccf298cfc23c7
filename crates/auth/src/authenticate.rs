//! From a token to its caller: in memory on the hot path.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{Actor, Authenticate, Caller, Problem, SessionId, UserId, View};

use crate::{
    Error,
    service::{Auth, LiveSession},
    token::access,
};

/// The answer to kernel's port.
pub struct Port;

#[async_trait]
impl Authenticate for Port {
    async fn caller(&self, view: &View, token: &str) -> Result<Option<Caller>, Problem> {
        let auth = view.of::<Auth>();
        let verified = access::verify(view, &auth.config, &auth.keys, &auth.verified, token);
        let Some(claims) = verified.await? else { return Ok(None) };
        bearer(view, claims.sub, claims.sid, claims.authenticated_at()).await
    }

    async fn session(
        &self,
        view: &View,
        user: UserId,
        session: SessionId,
    ) -> Result<Option<Caller>, Problem> {
        bearer(view, user, session, DateTime::UNIX_EPOCH).await
    }
}

async fn bearer(
    view: &View,
    user: UserId,
    session: SessionId,
    authenticated_at: DateTime<Utc>,
) -> Result<Option<Caller>, Problem> {
    if !lives(view, user, session).await? {
        return Ok(None);
    }
    let permissions = roles::platform_permissions(view, user).await?;
    let (actor, session) = (Actor::User(user), Some(session));
    Ok(Some(Caller { actor, session, authenticated_at, permissions, ceiling: None }))
}

/// Whether the session still lives: an ended one is refused at once (ASVS 7.4.1).
async fn lives(view: &View, user: UserId, id: SessionId) -> Result<bool, Error> {
    let load = async || LiveSession::load(view, id).await;
    let mut session = view.of::<Auth>().sessions.get(view, id, load).await?;
    if session.is_some_and(|it| it.until <= view.now()) {
        session = load().await?; // it may have been prolonged since it was remembered
    }
    Ok(session.is_some_and(|it| it.user == user && it.until > view.now()))
}
