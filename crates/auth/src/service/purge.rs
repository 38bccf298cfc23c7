//! Sessions and links that have long been over, and devices that nobody has used for long.

use chrono::TimeDelta;
use kernel::{Job, JobContext, Problem};
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    models::{device, link, session},
};

/// How long a row stays when its session or link is over.
const KEPT: TimeDelta = TimeDelta::days(7);

/// For how long a device is known that nobody signs in from.
const KNOWN: TimeDelta = TimeDelta::days(400);

const BATCH: u64 = 1000;

/// Removes sessions and links that have long been over, and devices that nobody has used for long.
#[derive(Default, Serialize, Deserialize)]
pub struct Purge {}

impl Job for Purge {
    const KIND: &'static str = "auth.purge";

    fn unique_key(&self) -> String {
        Self::KIND.to_owned()
    }

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let door = context.door();
        let now = door.view().now();
        loop {
            let removed = door.run(async |tx| {
                let sessions = session::purge(tx, now - KEPT, BATCH).await?;
                let links = link::purge(tx, now - KEPT, BATCH).await?;
                let devices = device::purge(tx, now - KNOWN, BATCH).await?;
                Ok::<_, Error>(sessions.max(links).max(devices))
            });
            if removed.await? < BATCH {
                return Ok(());
            }
        }
    }
}
