//! The keys that sign access tokens: Ed25519, in the database, sealed (ASVS 11.6.1).

use std::{
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant},
};

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, EncodingKey};
use kernel::{Door, View};

use crate::{
    Error,
    models::signing_key::{self, KeyId, SigningKey},
    schemas::{JwkOut, JwksOut},
};

const SEAL: &str = "auth.signing_key";

/// An unknown key may be another replica's newest one: the table is asked again, but no more often
/// than this, whoever sends made-up ids.
const PAUSE: Duration = Duration::from_secs(5);

/// The keys, in memory.
#[derive(Default)]
pub struct SigningKeys {
    ring: RwLock<Arc<Ring>>,
    asked: Mutex<Option<Instant>>,
}

#[derive(Default)]
struct Ring {
    current: Option<(String, EncodingKey)>,
    public: Vec<Public>,
}

struct Public {
    kid: String,
    x: String,
    key: DecodingKey,
}

impl SigningKeys {
    /// The id and the key to sign with.
    pub fn current(&self) -> Result<(String, EncodingKey), Error> {
        self.ring().current.clone().ok_or_else(|| Error::Sign("there is no key".into()))
    }

    /// The public key of this id.
    pub async fn public(&self, view: &View, kid: &str) -> Result<Option<DecodingKey>, Error> {
        let known =
            |ring: &Ring| ring.public.iter().find(|it| it.kid == kid).map(|it| it.key.clone());
        if let Some(key) = known(&self.ring()) {
            return Ok(Some(key));
        }
        if !self.may_ask() {
            return Ok(None);
        }
        self.load(view).await?;
        Ok(known(&self.ring()))
    }

    /// All public keys (RFC 7517).
    pub fn published(&self) -> JwksOut {
        let ring = self.ring();
        let keys = ring.public.iter().map(|key| JwkOut {
            kty: "OKP",
            crv: "Ed25519",
            alg: "EdDSA",
            r#use: "sig",
            kid: key.kid.clone(),
            x: key.x.clone(),
        });
        JwksOut { keys: keys.collect() }
    }

    /// Reads the keys and makes the first where there is none.
    pub async fn prepare(&self, door: &Door<View>) -> Result<(), Error> {
        self.load(door.view()).await?;
        if self.ring().current.is_none() {
            door.run(async |tx| {
                let id: KeyId = tx.id();
                let (secret, public) = generate()?;
                let sealed = tx.keyring().seal(SEAL, id.0.as_bytes(), &secret);
                signing_key::insert(tx, id, sealed, public).await?;
                Ok::<_, Error>(())
            })
            .await?;
            self.load(door.view()).await?;
        }
        Ok(())
    }

    async fn load(&self, view: &View) -> Result<(), Error> {
        let keys = signing_key::all(view).await?;
        let mut ring = Ring::default();
        for key in &keys {
            let x = URL_SAFE_NO_PAD.encode(&key.public);
            let Ok(public) = DecodingKey::from_ed_components(&x) else { continue };
            ring.public.push(Public { kid: key.id.to_string(), x, key: public });
            if ring.current.is_none() {
                ring.current = secret(view, key).map(|secret| (key.id.to_string(), secret));
            }
        }
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
        Ok(())
    }

    fn ring(&self) -> Arc<Ring> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
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
fn secret(view: &View, key: &SigningKey) -> Option<EncodingKey> {
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
