//! Forgetting what was given up long ago.

use chrono::TimeDelta;
use kernel::{Job, JobContext, Problem, Setting, SettingScope, jobs, settings::Whole};
use serde::{Deserialize, Serialize};

const BATCH: u64 = 1000;

/// How long given-up jobs are kept.
pub static DEAD_JOB_DAYS: Setting<Whole> = Setting {
    key: "system.dead_job_days",
    sentence: "For how many days jobs that have failed too often or were cancelled are kept.",
    kind: Whole { least: 1, most: 365 },
    default: 30,
    scopes: &[SettingScope::Platform],
};

/// Deletes given-up jobs that nobody has retried.
#[derive(Default, Serialize, Deserialize)]
pub struct PurgeJobs {}

impl Job for PurgeJobs {
    const KIND: &'static str = "system.purge_jobs";

    fn unique_key(&self) -> String {
        Self::KIND.to_owned()
    }

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let door = context.door();
        let days = DEAD_JOB_DAYS.of(door.view()).await?;
        let before = door.view().now() - TimeDelta::days(days);
        let mut gone = 0;
        loop {
            let purged = door.run(async |tx| jobs::purge(tx, before, BATCH).await).await?;
            gone += purged;
            if purged < BATCH {
                return Ok(());
            }
            context.progress(gone, None).await?;
        }
    }
}
