//! The keys that sign access tokens: Ed25519, in the database, sealed (ASVS 11.6.1).

mod ring;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use chrono::{DateTime, Utc};
use jsonwebtoken::{DecodingKey, EncodingKey};
use kernel::{Cache, Door, Tx, View};

use crate::{
    Error,
    models::signing_key::{self, KeyId, SigningKey},
    schemas::JwksOut,
};
use ring::Ring;

const SEAL: &str = "auth.signing_key";

/// An unknown key may be another replica's newest one: the table is asked again, but no more often
/// than this, whoever sends made-up ids.
const PAUSE: Duration = Duration::from_secs(5);

/// What the one ring is kept under.
const ALL: u8 = 0;

/// The keys, in memory: every replica looks again when one is made or removed.
pub struct SigningKeys {
    /// All of them together.
    pub ring: Cache<u8, Arc<Ring>>,
    asked: Mutex<Option<Instant>>,
}

impl Default for SigningKeys {
    fn default() -> Self {
        let ring = Cache::new("auth.signing_keys", 1, Duration::from_mins(5));
        Self { ring, asked: Mutex::default() }
    }
}

impl SigningKeys {
    /// The id and the key to sign with now.
    pub async fn current(&self, view: &View) -> Result<(String, EncodingKey), Error> {
        let ring = self.known(view).await?;
        ring.signing_at(view.now()).ok_or_else(|| Error::Sign("there is no key".into()))
    }

    /// The public key of this id.
    pub async fn public(&self, view: &View, kid: &str) -> Result<Option<DecodingKey>, Error> {
        if let Some(key) = self.known(view).await?.public(kid) {
            return Ok(Some(key.clone()));
        }
        if !self.may_ask() {
            return Ok(None);
        }
        let since = self.ring.moment();
        let ring = Arc::new(Ring::load(view).await?);
        self.ring.keep(view, ALL, Arc::clone(&ring), since);
        Ok(ring.public(kid).cloned())
    }

    /// Whether a key of this id is still one of ours.
    pub async fn has(&self, view: &View, kid: &str) -> Result<bool, Error> {
        Ok(self.known(view).await?.public(kid).is_some())
    }

    /// All public keys (RFC 7517).
    pub async fn published(&self, view: &View) -> Result<JwksOut, Error> {
        Ok(self.known(view).await?.published())
    }

    /// Makes the first key where there is none that could sign.
    pub async fn prepare(&self, door: &Door<View>) -> Result<(), Error> {
        if self.known(door.view()).await?.signing_at(door.view().now()).is_none() {
            door.run(async |tx| self.make(tx, tx.now()).await.map(drop)).await?;
        }
        Ok(())
    }

    /// Makes a key that signs from then on.
    pub async fn make(&self, tx: &Tx, signs_from: DateTime<Utc>) -> Result<KeyId, Error> {
        let id: KeyId = tx.id();
        let (secret, public) = generate()?;
        let sealed = tx.keyring().seal(SEAL, id.0.as_bytes(), &secret);
        signing_key::insert(tx, id, (sealed, public), signs_from).await?;
        tx.invalidate(&self.ring, ALL);
        Ok(id)
    }

    /// Removes a key: nothing that it has signed is good any more.
    pub async fn remove(&self, tx: &Tx, id: KeyId) -> Result<bool, Error> {
        tx.invalidate(&self.ring, ALL);
        Ok(signing_key::remove(tx, id).await?)
    }

    async fn known(&self, view: &View) -> Result<Arc<Ring>, Error> {
        self.ring.get(view, ALL, async || Ok(Arc::new(Ring::load(view).await?))).await
    }

    fn may_ask(&self) -> bool {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let may = asked.is_none_or(|at| at.elapsed() > PAUSE);
        if may {
            *asked = Some(Instant::now());
        }
        may
    }
}

/// A key whose secret cannot be opened – its root is gone from `SECRET_KEYS` – signs nothing more.
pub fn secret(view: &View, key: &SigningKey) -> Option<EncodingKey> {
    let opened = view.keyring().open(SEAL, key.id.0.as_bytes(), &key.secret).ok()?;
    Some(EncodingKey::from_ed_der(&opened))
}

/// A new pair: the secret as PKCS #8, and the 32 public bytes.
fn generate() -> Result<(Vec<u8>, Vec<u8>), Error> {
    let failed = |_| Error::Sign("no key can be made".into());
    let pair = Ed25519KeyPair::generate().map_err(failed)?;
    let secret = pair.to_pkcs8v1().map_err(failed)?;
    Ok((secret.as_ref().to_vec(), pair.public_key().as_ref().to_vec()))
}
