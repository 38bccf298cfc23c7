//! From a token to its caller: in memory on the hot path.

use async_trait::async_trait;
use kernel::{Actor, Authenticate, Caller, Problem, View};

use crate::{
    Error,
    service::{Auth, LiveSession},
    token::access::{self, Claims},
};

/// The answer to kernel's port.
pub struct Port;

#[async_trait]
impl Authenticate for Port {
    async fn caller(&self, view: &View, token: &str) -> Result<Option<Caller>, Problem> {
        let auth = view.of::<Auth>();
        let verified = access::verify(view, &auth.config, &auth.keys, &auth.verified, token);
        let Some(claims) = verified.await? else { return Ok(None) };
        let Some(session) = session(view, &claims).await? else { return Ok(None) };
        let permissions = roles::platform_permissions(view, session.user).await?;
        Ok(Some(Caller {
            actor: Actor::User(session.user),
            session: Some(claims.sid),
            authenticated_at: claims.authenticated_at(),
            permissions,
            ceiling: None,
        }))
    }
}

/// The token's session, if it still lives: an ended one is refused at once (ASVS 7.4.1).
async fn session(view: &View, claims: &Claims) -> Result<Option<LiveSession>, Error> {
    let load = async || LiveSession::load(view, claims.sid).await;
    let mut session = view.of::<Auth>().sessions.get(view, claims.sid, load).await?;
    if session.is_some_and(|it| it.until <= view.now()) {
        session = load().await?; // it may have been prolonged since it was remembered
    }
    Ok(session.filter(|it| it.user == claims.sub && it.until > view.now()))
}
