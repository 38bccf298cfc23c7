//! The keys that sign checkpoints: Ed25519, in the database, sealed (ASVS 11.6.1). The newest signs;
//! the others still verify what they have signed.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use kernel::{Door, OrganizationId, Scope, Tx, View};

use crate::{
    Error,
    models::signed::{self, KeyId, SigningKey},
    note::{Head, PublicKey},
    service::AuditLog,
};

const SEAL: &str = "audit_log.signing_key";

/// The key that signs now.
pub struct Signer {
    pair: Ed25519KeyPair,
    public: [u8; 32],
}

impl Signer {
    /// The newest key that opens.
    pub async fn current(view: &View) -> Result<Self, Error> {
        let keys = signed::signing_keys(view).await?;
        let mut opened = keys.iter().filter_map(|key| Self::open(view, key));
        opened.next().ok_or_else(|| Error::Sign("no key opens with SECRET_KEYS".into()))
    }

    /// A signed checkpoint.
    pub fn sign(&self, head: &Head) -> String {
        head.signed(&self.pair, &self.public)
    }

    fn open(view: &View, key: &SigningKey) -> Option<Self> {
        let secret = view.keyring().open(SEAL, key.id.0.as_bytes(), &key.secret).ok()?;
        let pair = Ed25519KeyPair::from_pkcs8(&secret).ok()?;
        Some(Self { pair, public: key.public.as_slice().try_into().ok()? })
    }
}

/// Sees to it that there is a key.
pub async fn prepare(door: &Door<View>) -> Result<(), Error> {
    if signed::signing_keys(door.view()).await?.is_empty() {
        door.run(async |tx| rotate(tx).await).await?;
    }
    Ok(())
}

/// Makes a new key, which signs from now on.
pub async fn rotate(tx: &Tx<impl Scope>) -> Result<(), Error> {
    let failed = |_| Error::Sign("no key can be made".into());
    let pair = Ed25519KeyPair::generate().map_err(failed)?;
    let secret = pair.to_pkcs8v1().map_err(failed)?;
    let id: KeyId = tx.view().id();
    let sealed = tx.view().keyring().seal(SEAL, id.0.as_bytes(), secret.as_ref());
    signed::insert_signing_key(tx, id, sealed, pair.public_key().as_ref().to_vec()).await?;
    Ok(())
}

/// The keys that may have signed a checkpoint of this place, the newest first.
pub async fn public_keys(view: &impl Scope) -> Result<Vec<PublicKey>, Error> {
    let name = origin(view);
    let keys = signed::signing_keys(view.view()).await?;
    let keys = keys.into_iter().filter_map(|key| key.public.try_into().ok());
    Ok(keys.map(|key| PublicKey { name: Some(name.clone()), key }).collect())
}

/// Whose log it is, as checkpoints name it: where the server is, and the organization.
pub fn origin(view: &impl Scope) -> String {
    let organization = view.organization().unwrap_or(OrganizationId::PLATFORM);
    format!("{}/audit-log/{organization}", view.view().of::<AuditLog>().host)
}
