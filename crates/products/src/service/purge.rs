//! Products that nobody can restore any more are removed.

use kernel::{Job, JobContext, Problem, Tx};
use organizations::Erased;
use serde::{Deserialize, Serialize};

use super::catalogue::KEPT;
use crate::{Error, models};

const BATCH: u64 = 1000;

/// Removes the products that were deleted long ago.
#[derive(Default, Serialize, Deserialize)]
pub struct Purge {}

impl Job for Purge {
    const KIND: &'static str = "products.purge";

    fn unique_key(&self) -> String {
        Self::KIND.to_owned()
    }

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let everywhere = context.everywhere();
        let then = everywhere.now() - KEPT;
        loop {
            let old = models::deleted_before(&everywhere, then, BATCH).await?;
            if old.is_empty() {
                return Ok(());
            }
            context.door().run(async |tx| models::purge(tx, old, then).await).await?;
        }
    }
}

/// Removes the products of an organization that is erased.
#[derive(Serialize, Deserialize)]
pub struct Erase {}

impl Job for Erase {
    const KIND: &'static str = "products.erase";

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let Some(door) = context.inside() else { return Ok(()) };
        while door.run(async |tx| models::erase(tx, BATCH).await).await? > 0 {}
        Ok(())
    }
}

/// The products go with their organization: by a job, for there may be many, and nobody can reach
/// them any more.
pub async fn forget(tx: &Tx, erased: &Erased) -> Result<(), Error> {
    Ok(tx.inside(erased.organization).enqueue(&Erase {})?)
}
