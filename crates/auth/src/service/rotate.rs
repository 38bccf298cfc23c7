//! New signing keys in place of old ones, without a token that anybody holds becoming bad.
//!
//! A new key is published for the overlap before it signs, so that replicas and the services that verify
//! our tokens know it by then. The one before stays published until no token of it can be good any more.

use audit_log::{Entry, Target};
use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Door, Job, JobContext, Problem, Tx, View};
use serde::{Deserialize, Serialize};

use super::Auth;
use crate::{
    Error,
    config::keys::{overlap, period},
    models::signing_key::{self, KeyId, SigningKey},
    token::keys::secret,
};

/// How long a key stays published when another signs in its place: longer than any access token lasts,
/// with its leeway and what caches of the published keys add.
const KEPT: TimeDelta = TimeDelta::hours(2);

/// When a new key begins to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begins {
    /// After the overlap: everybody knows it by then.
    Announced,
    /// At once: the services that verify our tokens see it when they ask again for an unknown key.
    AtOnce,
}

/// A signing key, as operators see it.
#[derive(Clone, Debug)]
pub struct KeyTold {
    /// Its id in the header of tokens.
    pub kid: String,
    /// What it does: `announced`, `signing`, `retired`, or `lost` where its root secret is gone.
    pub does: &'static str,
    /// Since when it signs, or from when on.
    pub signs_from: DateTime<Utc>,
}

/// Makes a new signing key when the time has come, and removes those that no token needs any more.
#[derive(Default, Serialize, Deserialize)]
pub struct RotateKeys {}

impl Job for RotateKeys {
    const KIND: &'static str = "auth.rotate_keys";

    fn unique_key(&self) -> String {
        Self::KIND.to_owned()
    }

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        Ok(context.door().run(async |tx| turn(tx).await).await?)
    }
}

/// All signing keys, those that begin to sign last come first.
pub async fn keys(view: &View) -> Result<Vec<KeyTold>, Error> {
    let all = signing_key::all(view).await?;
    let current = current(view, &all).map(|it| it.id);
    let told = |key: &SigningKey| KeyTold {
        kid: key.id.to_string(),
        does: match key {
            _ if secret(view, key).is_none() => "lost",
            _ if current == Some(key.id) => "signing",
            _ if key.begins() > view.now() => "announced",
            _ => "retired",
        },
        signs_from: key.begins(),
    };
    Ok(all.iter().map(told).collect())
}

/// Makes a new key out of turn; tokens that are good stay so.
pub async fn rotate(door: &Door<View>, begins: Begins) -> Result<(), Error> {
    door.run(async |tx| {
        let wait = match begins {
            Begins::Announced => overlap(tx).await?,
            Begins::AtOnce => TimeDelta::zero(),
        };
        make(tx, tx.now() + wait).await
    })
    .await
}

/// Removes a key that somebody else may have: no token of it is good any more, on any replica within a
/// second. Where it was the one that signs, a new one signs at once. `false` where there is none.
pub async fn revoke(door: &Door<View>, kid: &str) -> Result<bool, Error> {
    let Ok(id) = kid.parse::<KeyId>() else { return Ok(false) };
    door.run(async |tx| {
        if !remove(tx, id).await? {
            return Ok(false);
        }
        if current(tx, &signing_key::all(tx).await?).is_none() {
            make(tx, tx.now()).await?;
        }
        Ok(true)
    })
    .await
}

async fn turn(tx: &Tx) -> Result<(), Error> {
    let all = signing_key::all(tx).await?;
    let Some(current) = current(tx, &all) else { return make(tx, tx.now()).await };
    if let Some(newest) = all.first() {
        let due = newest.begins() + period(tx).await?;
        let soonest = tx.now() + overlap(tx).await?;
        if due <= soonest {
            make(tx, soonest).await?;
        }
    }
    if current.begins() + KEPT <= tx.now() {
        for old in all.iter().filter(|it| it.begins() < current.begins()) {
            remove(tx, old.id).await?;
        }
    }
    Ok(())
}

/// The key that signs now.
fn current<'a>(view: &View, all: &'a [SigningKey]) -> Option<&'a SigningKey> {
    all.iter().find(|key| key.begins() <= view.now() && secret(view, key).is_some())
}

async fn make(tx: &Tx, signs_from: DateTime<Utc>) -> Result<(), Error> {
    let id = tx.of::<Auth>().keys.make(tx, signs_from).await?;
    audit_log::record(tx, entry("signing_key.created", id));
    Ok(())
}

async fn remove(tx: &Tx, id: KeyId) -> Result<bool, Error> {
    let removed = tx.of::<Auth>().keys.remove(tx, id).await?;
    if removed {
        audit_log::record(tx, entry("signing_key.removed", id));
    }
    Ok(removed)
}

fn entry(action: &'static str, id: KeyId) -> Entry {
    Entry::of(action, Target::new("signing_key", id))
}
