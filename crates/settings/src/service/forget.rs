//! What goes with an organization.

use kernel::{OrgTx, Scope};

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
