//! What nobody needs any more.

use chrono::TimeDelta;
use kernel::{Job, JobContext, Problem};
use serde::{Deserialize, Serialize};

use crate::{Error, models::age};

/// How long notifications are kept.
const KEPT: TimeDelta = TimeDelta::days(180);

const BATCH: u64 = 1000;

/// Deletes notifications that are over 180 days old.
#[derive(Default, Serialize, Deserialize)]
pub struct PurgeNotifications {}

impl Job for PurgeNotifications {
    const KIND: &'static str = "notifications.purge";

    fn unique_key(&self) -> String {
        Self::KIND.to_owned()
    }

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let door = context.door();
        let before = door.view().now() - KEPT;
        let most = usize::try_from(BATCH).unwrap_or(usize::MAX);
        let mut gone = most;
        while gone == most {
            gone = door
                .run(async |tx| age::purge(tx, before, BATCH).await.map_err(Error::from))
                .await?;
        }
        Ok(())
    }
}
