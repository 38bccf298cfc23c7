//! Sessions and links that have long been over.

use chrono::TimeDelta;
use kernel::{Job, JobContext, Problem};
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    models::{link, session},
};

/// How long a row stays when its session or link is over.
const KEPT: TimeDelta = TimeDelta::days(7);

const BATCH: u64 = 1000;

/// Removes sessions and links that have long been over.
#[derive(Default, Serialize, Deserialize)]
pub struct Purge {}

impl Job for Purge {
    const KIND: &'static str = "auth.purge";

    fn unique_key(&self) -> String {
        Self::KIND.to_owned()
    }

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let door = context.door();
        let before = door.view().now() - KEPT;
        loop {
            let removed = door.run(async |tx| {
                let sessions = session::purge(tx, before, BATCH).await?;
                Ok::<_, Error>(sessions.max(link::purge(tx, before, BATCH).await?))
            });
            if removed.await? < BATCH {
                return Ok(());
            }
        }
    }
}
