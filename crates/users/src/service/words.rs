//! Words of accounts that are older than the index of words.

use kernel::{Job, JobContext, Problem};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use crate::models;

/// How many accounts one transaction enters.
const BATCH: u64 = 200;

/// Enters the words of accounts that lack them, as after an upgrade.
#[derive(Default, Serialize, Deserialize)]
pub struct EnterWords {}

impl Job for EnterWords {
    const KIND: &'static str = "users.enter_words";

    fn unique_key(&self) -> String {
        Self::KIND.to_owned()
    }

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let door = context.door();
        loop {
            let lacking = models::lacking_words(door.view(), BATCH).await?;
            if lacking.is_empty() {
                return Ok(());
            }
            let enter = door.run(async |tx| {
                for user in &lacking {
                    models::enter_words(tx, user).await?;
                }
                Ok::<_, DbErr>(())
            });
            enter.await?;
        }
    }
}
