//! Whether an account may be used.

use kernel::{Caller, Scope, Tx, UserId};
use sea_orm::ActiveValue::Set;

use super::entry;
use crate::{
    Disabled, Enabled, Error, Status, User, models,
    schemas::{DisableIn, Recorded},
};

/// Keeps an account from being used, after the features above have had their say; one that is
/// disabled stays as it is.
pub async fn disable(tx: &Tx<impl Scope>, id: UserId, why: DisableIn) -> Result<User, Error> {
    if tx.view().caller().and_then(Caller::user) == Some(id) {
        return Err(Error::OwnAccount);
    }
    let before = models::changing(tx, id).await?;
    if before.status == Status::Disabled {
        return Ok(before);
    }
    tx.tell(&Disabled { user: id }).await?;
    let recorded = Recorded::from(&before);
    let user = models::save(tx, before, |row| row.status = Set(Status::Disabled)).await?;
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
    tx.tell(&Enabled { user: id }).await?;
    let recorded = Recorded::from(&before);
    let user = models::save(tx, before, |row| row.status = Set(Status::Active)).await?;
    let entry = entry("user.enabled", id);
    audit_log::record(tx, entry.changed(&recorded, &Recorded::from(&user)));
    Ok(user)
}
