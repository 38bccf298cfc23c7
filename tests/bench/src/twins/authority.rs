//! The same checks of the same token: signature once, then expiry, session and permissions from
//! bounded caches.

use std::time::{SystemTime, UNIX_EPOCH};

use actix_web::{
    HttpRequest,
    error::{ErrorNotFound, ErrorUnauthorized},
    http::header::AUTHORIZATION,
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

#[derive(Clone, Deserialize)]
struct Claims {
    sub: Uuid,
    sid: Uuid,
    exp: u64,
}

/// Knows whose token a request bears.
#[derive(Clone)]
pub struct Authority {
    key: DecodingKey,
    verified: moka::sync::Cache<[u8; 32], Claims>,
    sessions: moka::sync::Cache<Uuid, Uuid>,
    permissions: moka::sync::Cache<Uuid, [u64; 4]>,
    members: moka::sync::Cache<(Uuid, Uuid), [u64; 4]>,
}

impl Authority {
    pub fn new(public_key: &str) -> Self {
        let cache = moka::sync::Cache::new;
        let key = DecodingKey::from_ed_components(public_key).unwrap();
        Self {
            key,
            verified: cache(10_000),
            sessions: moka::sync::Cache::new(10_000),
            permissions: moka::sync::Cache::new(10_000),
            members: moka::sync::Cache::new(10_000),
        }
    }

    /// The account that asks.
    #[expect(clippy::disallowed_methods, reason = "a twin has no clock to inject")]
    pub fn caller(&self, request: &HttpRequest) -> Result<Uuid, actix_web::Error> {
        let refused = || ErrorUnauthorized("no");
        let header = request.headers().get(AUTHORIZATION).and_then(|it| it.to_str().ok());
        let token = header.and_then(|it| it.strip_prefix("Bearer ")).ok_or_else(refused)?;
        let digest: [u8; 32] = Sha256::digest(token).into();
        let claims = match self.verified.get(&digest) {
            Some(claims) => claims,
            None => self.verify(token, digest).ok_or_else(refused)?,
        };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| refused())?.as_secs();
        let session = self.sessions.get_with(claims.sid, || claims.sub);
        let permissions = self.permissions.get_with(claims.sub, || [0; 4]);
        let good = claims.exp > now && session == claims.sub && permissions == [0; 4];
        good.then_some(claims.sub).ok_or_else(refused)
    }

    /// The account that asks, which may do so in this organization.
    pub fn member(
        &self,
        request: &HttpRequest,
        organization: Uuid,
    ) -> Result<Uuid, actix_web::Error> {
        let account = self.caller(request)?;
        let permissions = self.members.get_with((account, organization), || [0; 4]);
        (permissions == [0; 4]).then_some(account).ok_or_else(|| ErrorNotFound("no"))
    }

    fn verify(&self, token: &str, digest: [u8; 32]) -> Option<Claims> {
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_audience(&["http://bench.test"]);
        rules.set_issuer(&["http://bench.test"]);
        let claims = decode::<Claims>(token, &self.key, &rules).ok()?.claims;
        self.verified.insert(digest, claims.clone());
        Some(claims)
    }
}
