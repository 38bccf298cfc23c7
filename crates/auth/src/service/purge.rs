//! Sessions that have long been over.

use chrono::TimeDelta;
use kernel::{Job, JobContext, Problem};
use serde::{Deserialize, Serialize};

use crate::{Error, models::session};

/// How long a session's row stays when it is over, so that a token that comes back is known.
const KEPT: TimeDelta = TimeDelta::days(7);

const BATCH: u64 = 1000;

/// Removes sessions that have long been over.
#[derive(Default, Serialize, Deserialize)]
pub struct PurgeSessions {}

impl Job for PurgeSessions {
    const KIND: &'static str = "auth.purge_sessions";

    fn unique_key(&self) -> String {
        Self::KIND.to_owned()
    }

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let door = context.door();
        let before = door.view().now() - KEPT;
        loop {
            let removed = door.run(async |tx| session::purge(tx, before, BATCH).await).await;
            if removed.map_err(Error::from)? < BATCH {
                return Ok(());
            }
        }
    }
}
