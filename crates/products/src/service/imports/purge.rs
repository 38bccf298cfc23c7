//! Imports that are over are kept for a while, with the rows that failed, and then no more.

use chrono::TimeDelta;
use kernel::{Job, JobContext, Problem, Tx};
use organizations::Erased;
use serde::{Deserialize, Serialize};

use super::{end, receive::SILENCE};
use crate::{
    Error,
    models::imports::{self, State, Which},
};

/// How long an import is kept that is over.
const KEPT: TimeDelta = TimeDelta::days(30);

/// How long an import may stand still before it has failed. Its job is tried for some hours.
const STALLED: TimeDelta = TimeDelta::days(1);

/// Few, for each may have 256 pieces.
const BATCH: u64 = 10;

const STALLED_BATCH: u64 = 1000;

/// Removes the imports that have been over for long and the files that have stopped arriving, and ends
/// what stands still.
#[derive(Default, Serialize, Deserialize)]
pub struct PurgeImports {}

impl Job for PurgeImports {
    const KIND: &'static str = "products.purge_imports";

    fn unique_key(&self) -> String {
        Self::KIND.to_owned()
    }

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let everywhere = context.everywhere();
        for (which, kept) in [(Which::Over, KEPT), (Which::Receiving, SILENCE)] {
            let then = everywhere.now() - kept;
            loop {
                let old = imports::untouched(&everywhere, which, then, BATCH).await?;
                if old.is_empty() {
                    break;
                }
                let door = context.door();
                door.run(async |tx| imports::purge(tx, old, which, then).await).await?;
            }
        }
        fail_stalled(context).await?;
        Ok(())
    }
}

/// Ends what nobody goes on with: every worker that had it died.
async fn fail_stalled(context: &JobContext) -> Result<(), Error> {
    let (everywhere, door) = (context.everywhere(), context.door());
    let then = everywhere.now() - STALLED;
    for (organization, import) in imports::stalled(&everywhere, then, STALLED_BATCH).await? {
        let ended = door.run(async |tx| {
            let tx = &tx.inside(organization);
            let import = imports::changing(tx, import).await?;
            if import.is_open() && import.updated_at <= then {
                end(tx, import, State::Failed, Some("internal")).await?;
            }
            Ok::<_, Error>(())
        });
        ended.await?;
    }
    Ok(())
}

/// The imports of an organization that is erased go with it.
pub async fn forget(tx: &Tx, erased: &Erased) -> Result<(), Error> {
    Ok(imports::erase(&tx.inside(erased.organization)).await?)
}
