//! Secrets under keys that are not current any more are sealed anew, so that an old key can be dropped
//! (ASVS 13.3.4).

use kernel::{Job, JobContext, Keyring, Problem, Tx};
use serde::{Deserialize, Serialize};

use super::sealing::Slot;
use crate::{
    Error,
    models::{Content, SealedRow, revision::Revision, setting::Setting},
};

const BATCH: u64 = 100;

/// Seals every secret anew that another key than the current one has sealed.
#[derive(Default, Serialize, Deserialize)]
pub struct Reseal {}

impl Job for Reseal {
    const KIND: &'static str = "settings.reseal";

    fn unique_key(&self) -> String {
        Self::KIND.to_owned()
    }

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        all::<Setting>(context).await?;
        Ok(all::<Revision>(context).await?)
    }
}

async fn all<R: SealedRow>(context: &JobContext) -> Result<(), Error> {
    let everywhere = context.everywhere();
    let current = everywhere.keyring().current_id();
    let mut after = None;
    loop {
        let due = R::outdated(&everywhere, current, after, BATCH).await?;
        let Some(last) = due.last() else { return Ok(()) };
        after = Some(last.id());
        context.door().run(async |tx| reseal(tx, &due).await).await?;
    }
}

async fn reseal<R: SealedRow>(tx: &Tx, rows: &[R]) -> Result<(), Error> {
    for row in rows {
        let slot = Slot { place: row.place(), key: row.key(), version: row.number() };
        if let Some((by, sealed)) = anew(tx.keyring(), slot, &row.content()) {
            // The platform's own rows stand in the nil organization.
            row.reseal(&tx.inside(row.place().organization), by, sealed).await?;
        }
    }
    Ok(())
}

/// The secret under the current key. One whose key is gone already stays as it is, and keeps no other.
fn anew(keyring: &Keyring, slot: Slot<'_>, content: &Content) -> Option<(String, Vec<u8>)> {
    let Ok(secret) = slot.open(keyring, content) else {
        tracing::error!(key = slot.key, place = %slot.place, "a secret cannot be opened");
        return None;
    };
    match slot.seal(keyring, &secret?) {
        Content::Sealed { by, bytes } => Some((by, bytes)),
        Content::Unset | Content::Plain(_) => None,
    }
}
