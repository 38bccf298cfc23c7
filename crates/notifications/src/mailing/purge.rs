//! Forgetting which mail a notification was in.

use chrono::TimeDelta;
use kernel::{Job, JobContext, Problem};
use serde::{Deserialize, Serialize};

use super::item;

const BATCH: u64 = 1000;

/// How long after a mail it is known what it was about: longer than any mail is tried.
const KEPT: TimeDelta = TimeDelta::days(30);

/// Deletes items of mails that went out long ago.
#[derive(Default, Serialize, Deserialize)]
pub struct PurgeItems {}

impl Job for PurgeItems {
    const KIND: &'static str = "notifications.purge_mail_items";

    fn unique_key(&self) -> String {
        Self::KIND.to_owned()
    }

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let door = context.door();
        let before = door.view().now() - KEPT;
        while door.run(async |tx| item::purge(tx, before, BATCH).await).await? == BATCH {}
        Ok(())
    }
}
