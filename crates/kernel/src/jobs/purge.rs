//! What kernel itself does by the clock.

use serde::{Deserialize, Serialize};

use super::{Job, JobContext};
use crate::problem::Problem;

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
