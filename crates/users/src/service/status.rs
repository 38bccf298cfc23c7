//! Whether an account may be used.

use kernel::{Caller, Job, JobContext, Problem, Scope, Tx, UserId};
use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};

use super::entry;
use crate::{
    Disabled, Enabled, Error, Status, User, models,
    schemas::{DisableIn, Recorded},
};

/// How many accounts are looked for at a time.
const BATCH: u64 = 1000;

/// Keeps an account from being used, after the features above have had their say; one that is
/// disabled for the same reason and time stays as it is.
pub async fn disable(tx: &Tx<impl Scope>, id: UserId, why: DisableIn) -> Result<User, Error> {
    if tx.view().caller().and_then(Caller::user) == Some(id) {
        return Err(Error::OwnAccount);
    }
    if why.until.is_some_and(|until| until <= tx.view().now()) {
        return Err(Error::Past);
    }
    let before = models::changing(tx, id).await?;
    let same = before.disabled_reason.as_ref() == Some(&why.reason)
        && before.disabled_until == why.until();
    if before.status == Status::Disabled && same {
        return Ok(before);
    }
    tx.tell(&Disabled { user: id }).await?;
    let recorded = Recorded::from(&before);
    let (reason, until) = (why.reason.clone(), why.until());
    let user = models::save(tx, before, |row| {
        row.status = Set(Status::Disabled);
        row.disabled_reason = Set(Some(reason));
        row.disabled_until = Set(until);
    })
    .await?;
    let entry = entry("user.disabled", id).created(&why);
    audit_log::record(tx, entry.changed(&recorded, &Recorded::from(&user)));
    Ok(user)
}

/// Lets an account be used again, if no feature above objects.
pub async fn enable(tx: &Tx<impl Scope>, id: UserId) -> Result<User, Error> {
    let before = models::changing(tx, id).await?;
    if before.status == Status::Active {
        return Ok(before);
    }
    enabled(tx, before).await
}

/// Lets accounts be used again whose time of being disabled is over.
#[derive(Default, Serialize, Deserialize)]
pub struct EnableDue {}

impl Job for EnableDue {
    const KIND: &'static str = "users.enable_due";

    fn unique_key(&self) -> String {
        Self::KIND.to_owned()
    }

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let door = context.door();
        let mut after = None;
        loop {
            let due = models::to_enable(door.view(), after, BATCH).await?;
            for user in &due {
                // One that cannot be now is tried again in a minute, and keeps no other.
                if let Err(error) = door.run(async |tx| enable_due(tx, *user).await).await {
                    tracing::error!(%user, %error, "an account cannot be enabled");
                }
            }
            let Some(last) = due.last() else { return Ok(()) };
            after = Some(*last);
        }
    }
}

async fn enable_due(tx: &Tx, id: UserId) -> Result<(), Error> {
    let before = models::changing(tx, id).await?;
    if before.status == Status::Disabled && !before.is_disabled_at(tx.now()) {
        enabled(tx, before).await?;
    }
    Ok(())
}

async fn enabled(tx: &Tx<impl Scope>, before: User) -> Result<User, Error> {
    let id = before.id;
    tx.tell(&Enabled { user: id }).await?;
    let recorded = Recorded::from(&before);
    let user = models::save(tx, before, |row| {
        row.status = Set(Status::Active);
        row.disabled_reason = Set(None);
        row.disabled_until = Set(None);
    })
    .await?;
    let entry = entry("user.enabled", id);
    audit_log::record(tx, entry.changed(&recorded, &Recorded::from(&user)));
    Ok(user)
}
