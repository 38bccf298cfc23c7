//! What kernel itself does by the clock.

use serde::{Deserialize, Serialize};

use super::{Job, JobContext};
use crate::{
    gate::{idempotency, purge_tickets},
    problem::Problem,
};

const BATCH: u64 = 1000;

/// Deletes answers that were kept long enough.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct PurgeIdempotencyKeys {}

impl Job for PurgeIdempotencyKeys {
    const KIND: &'static str = "kernel.purge_idempotency_keys";

    fn unique_key(&self) -> String {
        Self::KIND.to_owned()
    }

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let door = context.door();
        let before = door.view().now() - idempotency::KEPT;
        while door.run(async |tx| idempotency::purge(tx, before, BATCH).await).await? == BATCH {}
        Ok(())
    }
}

/// Deletes tickets that are good no more.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct PurgeTickets {}

impl Job for PurgeTickets {
    const KIND: &'static str = "kernel.purge_tickets";

    fn unique_key(&self) -> String {
        Self::KIND.to_owned()
    }

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let door = context.door();
        while door.run(async |tx| purge_tickets(tx, BATCH).await).await? == BATCH {}
        Ok(())
    }
}

/// Deletes invalidations that every replica has long heard of.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct PurgeInvalidations {}

impl Job for PurgeInvalidations {
    const KIND: &'static str = "kernel.purge_invalidations";

    fn unique_key(&self) -> String {
        Self::KIND.to_owned()
    }

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let door = context.door();
        Ok(door.view().db().purge_invalidations(door.view().now()).await?)
    }
}
