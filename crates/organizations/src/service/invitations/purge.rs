//! What is over is kept for a while, for the organization to see, and then no more: it names an address.

use chrono::TimeDelta;
use kernel::{Job, JobContext, Problem, Tx, UserId};
use serde::{Deserialize, Serialize};

use crate::{Error, models::invitation};

/// How long an invitation is kept that is over.
const KEPT: TimeDelta = TimeDelta::days(90);

const BATCH: u64 = 1000;

/// Removes the invitations that have been over for long.
#[derive(Default, Serialize, Deserialize)]
pub struct Purge {}

impl Job for Purge {
    const KIND: &'static str = "organizations.purge_invitations";

    fn unique_key(&self) -> String {
        Self::KIND.to_owned()
    }

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let everywhere = context.everywhere();
        let then = everywhere.now() - KEPT;
        loop {
            let over = invitation::over(&everywhere, then, BATCH).await?;
            if over.is_empty() {
                return Ok(());
            }
            let door = context.door();
            door.run(async |tx| invitation::purge(tx, over, then).await).await?;
        }
    }
}

/// What is over goes with the account of its address, if that was proved: else anybody could have
/// another's mails forgotten.
pub async fn forget(tx: &Tx, user: UserId) -> Result<(), Error> {
    let account = users::by_id(tx, user).await?;
    if account.email_verified_at.is_some() {
        invitation::forget(tx, account.email_canonical).await?;
    }
    Ok(())
}
