//! What goes with an organization, and with an account.

use kernel::{OrgTx, Scope, Tx, UserId};

use super::known::Settings;
use crate::{
    Error,
    models::{revision, setting},
    place::{Owner, Place},
};

/// Removes what an organization has set, and up to `most` of what it had set before; answers how many
/// rows went. Whoever erases an organization calls it until nothing is left.
pub async fn forget_organization(tx: &OrgTx, most: u64) -> Result<u64, Error> {
    let gone = setting::erase(tx).await? + revision::erase(tx, most).await?;
    if gone > 0 {
        let place = Place::of(&**tx, Owner::Here)?;
        tx.invalidate(&tx.view().of::<Settings>().values, place);
    }
    Ok(gone)
}

/// Removes what an account that is erased has set for itself, and had set before.
pub async fn forget_account(tx: &Tx, user: UserId) -> Result<(), Error> {
    setting::forget(tx, user).await?;
    revision::forget(tx, user).await?;
    tx.invalidate(&tx.of::<Settings>().values, Place { user, ..Place::PLATFORM });
    Ok(())
}
