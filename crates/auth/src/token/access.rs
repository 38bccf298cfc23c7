//! Access tokens: JWTs (RFC 9068), signed with Ed25519, checked against a fixed list of everything.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use kernel::{SessionId, UserId, View};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::keys::SigningKeys;
use crate::{
    Error,
    config::{Config, access_life},
};

/// What a token of this kind calls itself.
const TYPE: &str = "at+jwt";

/// Our own client: the API itself, for there are no others yet.
const CLIENT: &str = "groundwork";

/// How far clocks may differ (RFC 8725).
const LEEWAY: TimeDelta = TimeDelta::seconds(60);

/// Longer ones are none of ours.
const LONGEST: usize = 2048;

/// What a token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    iss: String,
    aud: String,
    /// The account.
    pub sub: UserId,
    client_id: String,
    /// The session.
    pub sid: SessionId,
    jti: Uuid,
    iat: i64,
    exp: i64,
    auth_time: i64,
}

impl Claims {
    /// When the caller proved who they are.
    pub fn authenticated_at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.auth_time, 0).unwrap_or_default()
    }

    fn current(&self, now: DateTime<Utc>) -> bool {
        let (now, leeway) = (now.timestamp(), LEEWAY.num_seconds());
        self.exp > now - leeway && self.iat <= now + leeway
    }
}

/// Tokens that were found good, so that a signature is verified once and not with each request: it
/// costs ten times as much as everything else about one.
pub struct VerifiedTokens(moka::sync::Cache<[u8; 32], Arc<Verified>>);

/// What a good token says, and which key has signed it: without the key it is good no more.
struct Verified {
    kid: String,
    claims: Claims,
}

impl Default for VerifiedTokens {
    fn default() -> Self {
        let tokens = moka::sync::Cache::builder().max_capacity(50_000);
        Self(tokens.time_to_live(Duration::from_hours(1)).build())
    }
}

/// A new token of this session, and how long it is good.
pub async fn issue(
    view: &View,
    config: &Config,
    keys: &SigningKeys,
    (user, session): (UserId, SessionId),
    authenticated_at: DateTime<Utc>,
) -> Result<(String, TimeDelta), Error> {
    let (now, life) = (view.now(), access_life(view).await?);
    let claims = Claims {
        iss: config.issuer.clone(),
        aud: config.issuer.clone(),
        sub: user,
        client_id: CLIENT.to_owned(),
        sid: session,
        jti: view.id(),
        iat: now.timestamp(),
        exp: (now + life).timestamp(),
        auth_time: authenticated_at.timestamp(),
    };
    let (kid, key) = keys.current(view).await?;
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some(TYPE.to_owned());
    header.kid = Some(kid);
    let token = encode(&header, &claims, &key).map_err(|error| Error::Sign(error.to_string()))?;
    Ok((token, life))
}

/// What a good token says, `None` for every other (ASVS 9.1.1–9.2.3, A7): the algorithm is ours and
/// not the header's, the key is one of ours by its id, and headers that name keys are not looked at.
pub async fn verify(
    view: &View,
    config: &Config,
    keys: &SigningKeys,
    verified: &VerifiedTokens,
    token: &str,
) -> Result<Option<Claims>, Error> {
    if token.len() > LONGEST {
        return Ok(None);
    }
    let digest: [u8; 32] = Sha256::digest(token).into();
    if let Some(known) = verified.0.get(&digest) {
        let good = known.claims.current(view.now()) && keys.has(view, &known.kid).await?;
        return Ok(good.then(|| known.claims.clone()));
    }
    let Ok(header) = decode_header(token) else { return Ok(None) };
    let typed = header.typ.as_deref().is_some_and(|it| it.eq_ignore_ascii_case(TYPE));
    let Some(kid) = header.kid.filter(|_| typed) else { return Ok(None) };
    let Some(key) = keys.public(view, &kid).await? else { return Ok(None) };

    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.set_audience(&[&config.issuer]);
    rules.set_issuer(&[&config.issuer]);
    rules.set_required_spec_claims(&["aud", "exp", "iss", "sub"]);
    rules.validate_exp = false; // against our own clock, below
    let Ok(token) = decode::<Claims>(token, &key, &rules) else { return Ok(None) };
    if !token.claims.current(view.now()) {
        return Ok(None);
    }
    let claims = token.claims;
    verified.0.insert(digest, Arc::new(Verified { kid, claims: claims.clone() }));
    Ok(Some(claims))
}
