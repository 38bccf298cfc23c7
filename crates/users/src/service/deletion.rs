//! Accounts that go: hidden at once, restored for a while, and erased in the end.

use audit_log::{Entry, Target};
use kernel::{Job, JobContext, Problem, Scope, Tx, UserId};
use sea_orm::ActiveValue::Set;
use serde::{Deserialize, Serialize};

use super::{entry, write_to};
use crate::{Deleted, Erased, Error, Restored, User, config::kept, models, schemas::Recorded};

/// How many accounts are looked for at a time.
const BATCH: u64 = 1000;

/// Hides an account, after the features above have had their say. When it will be erased is fixed
/// from now on.
pub async fn delete(tx: &Tx<impl Scope>, id: UserId) -> Result<(), Error> {
    let before = models::changing(tx, id).await?;
    tx.tell(&Deleted { user: id }).await?;
    let recorded = Recorded::from(&before);
    let now = tx.view().now();
    let erase_at = now + kept(tx.view()).await?;
    let user = models::save(tx, before, |row| {
        row.deleted_at = Set(Some(now));
        row.erase_at = Set(Some(erase_at));
    })
    .await?;
    audit_log::record(tx, entry("user.deleted", id).changed(&recorded, &Recorded::from(&user)));
    Ok(())
}

/// Brings a deleted account back, unless its address is another's by now; a live one stays as it is.
pub async fn restore(tx: &Tx, id: UserId) -> Result<User, Error> {
    let before = models::changing_any(tx, id).await?;
    let Some(erase_at) = before.erase_at.filter(|_| before.deleted_at.is_some()) else {
        return Ok(before);
    };
    if erase_at <= tx.now() {
        return Err(Error::NotFound);
    }
    tx.tell(&Restored { user: id }).await?;
    let recorded = Recorded::from(&before);
    let user = models::save(tx, before, |row| {
        row.deleted_at = Set(None);
        row.erase_at = Set(None);
    })
    .await?;
    write_to(tx, &user).await?;
    audit_log::record(tx, entry("user.restored", id).changed(&recorded, &Recorded::from(&user)));
    Ok(user)
}

/// Erases the accounts that nobody can restore any more.
#[derive(Default, Serialize, Deserialize)]
pub struct Erase {}

impl Job for Erase {
    const KIND: &'static str = "users.erase";

    fn unique_key(&self) -> String {
        Self::KIND.to_owned()
    }

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let door = context.door();
        let mut after = None;
        loop {
            let due = models::to_erase(door.view(), after, BATCH).await?;
            for user in &due {
                // One that cannot go now is tried again in an hour, and keeps no other.
                if let Err(error) = door.run(async |tx| erase(tx, *user).await).await {
                    tracing::error!(%user, %error, "an account cannot be erased");
                }
            }
            let Some(last) = due.last() else { return Ok(()) };
            after = Some(*last);
        }
    }
}

/// Every feature forgets the person; the entry that tells so says nothing else of them.
async fn erase(tx: &Tx, id: UserId) -> Result<(), Error> {
    let user = models::changing_any(tx, id).await?;
    if user.deleted_at.is_none() || user.erase_at.is_none_or(|at| at > tx.now()) {
        return Ok(());
    }
    tx.tell(&Erased { user: id }).await?;
    settings::forget_account(tx, id).await?;
    notifications::forget(tx, id).await?;
    audit_log::erase_person(tx, id).await?;
    models::remove(tx, id).await?;
    audit_log::record(tx, Entry::of("user.erased", Target::new("user", id)));
    Ok(())
}
