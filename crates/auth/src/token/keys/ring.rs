use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use jsonwebtoken::{DecodingKey, EncodingKey};
use kernel::View;

use super::secret;
use crate::{
    Error,
    models::signing_key,
    schemas::{JwkOut, JwksOut},
};

/// All keys there are, those that begin to sign last come first.
#[derive(Default)]
pub struct Ring {
    signers: Vec<Signer>,
    public: Vec<Public>,
}

struct Signer {
    kid: String,
    from: DateTime<Utc>,
    key: EncodingKey,
}

struct Public {
    kid: String,
    x: String,
    key: DecodingKey,
}

impl Ring {
    /// Reads them.
    pub async fn load(view: &View) -> Result<Self, Error> {
        let mut ring = Self::default();
        for key in &signing_key::all(view).await? {
            let (kid, x) = (key.id.to_string(), URL_SAFE_NO_PAD.encode(&key.public));
            let Ok(public) = DecodingKey::from_ed_components(&x) else { continue };
            if let Some(secret) = secret(view, key) {
                ring.signers.push(Signer { kid: kid.clone(), from: key.begins(), key: secret });
            }
            ring.public.push(Public { kid, x, key: public });
        }
        Ok(ring)
    }

    /// The id and the key that sign at this moment.
    pub fn signing_at(&self, now: DateTime<Utc>) -> Option<(String, EncodingKey)> {
        let current = self.signers.iter().find(|it| it.from <= now)?;
        Some((current.kid.clone(), current.key.clone()))
    }

    /// The public key of this id.
    pub fn public(&self, kid: &str) -> Option<&DecodingKey> {
        self.public.iter().find(|it| it.kid == kid).map(|it| &it.key)
    }

    /// All public keys (RFC 7517).
    pub fn published(&self) -> JwksOut {
        let keys = self.public.iter().map(|key| JwkOut {
            kty: "OKP",
            crv: "Ed25519",
            alg: "EdDSA",
            r#use: "sig",
            kid: key.kid.clone(),
            x: key.x.clone(),
        });
        JwksOut { keys: keys.collect() }
    }
}
