//! An account whose address nobody has proved, and somebody who proves it.

use kernel::Tx;
use users::{Status, User};

use crate::{Error, models::password};

/// Whoever registered the address before has proved nothing. Their account goes whole: no password,
/// session, link or whatever else an account may have comes along (A1).
pub async fn supersede(tx: &Tx, earlier: &User) -> Result<(), Error> {
    if earlier.email_verified_at.is_some() {
        return Err(Error::AccountExists);
    }
    if earlier.status == Status::Disabled {
        return Err(Error::AccountDisabled);
    }
    users::delete(tx, earlier.id).await?;
    Ok(password::remove(tx, earlier.id).await?)
}
