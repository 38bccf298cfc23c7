//! Another mail address for an account.

use kernel::{Scope, Tx, UserId};
use sea_orm::ActiveValue::Set;

use super::{entry, write_to};
use crate::{EmailAddress, Error, User, models, schemas::Recorded};

/// Gives an account another address, which its owner has just proved to be theirs.
pub async fn change_email(
    tx: &Tx<impl Scope>,
    id: UserId,
    email: &EmailAddress,
) -> Result<User, Error> {
    let before = models::changing(tx, id).await?;
    let recorded = Recorded::from(&before);
    let now = tx.view().now();
    let user = models::save(tx, before, |row| {
        row.email = Set(email.typed().to_owned());
        row.email_canonical = Set(email.canonical().to_owned());
        row.email_verified_at = Set(Some(now));
    })
    .await?;
    write_to(tx, &user).await?;
    let entry = entry("user.email_changed", id).by(id);
    audit_log::record(tx, entry.changed(&recorded, &Recorded::from(&user)));
    Ok(user)
}
