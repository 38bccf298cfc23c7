//! On PostgreSQL a month of entries is a partition; those of the months to come are made ahead.

use kernel::{Job, JobContext, Problem};
use serde::{Deserialize, Serialize};

use crate::models::months;

/// How many months ahead: time enough to notice that this job fails, and none is lost even then.
const AHEAD: i32 = 3;

/// Makes the partitions of the months to come.
#[derive(Default, Serialize, Deserialize)]
pub struct MakeMonths {}

impl Job for MakeMonths {
    const KIND: &'static str = "audit_log.make_months";

    fn unique_key(&self) -> String {
        Self::KIND.to_owned()
    }

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        Ok(context.door().run(async |tx| months::make(tx, AHEAD).await).await?)
    }
}
