//! Whether a password is an account's.

use kernel::{Tx, UserId, View};
use sea_orm::prelude::Uuid;

use super::Auth;
use crate::{Error, Password, models::password, password::hasher::is_outdated};

/// Whose password is asked for where there is no account.
pub const NOBODY: UserId = UserId(Uuid::nil());

/// What came of comparing a password with an account's.
pub struct Compared {
    matches: bool,
    /// What it was compared with.
    hash: Option<String>,
    /// The same password, hashed with as much work as we take today.
    renewed: Option<String>,
}

/// Compares; where there is no account, after the same work (ASVS 6.3.8).
pub async fn compare(
    view: &View,
    user: Option<UserId>,
    password: &Password,
) -> Result<Compared, Error> {
    let hasher = &view.of::<Auth>().hasher;
    let hash = password::hash_of(view, user.unwrap_or(NOBODY)).await?;
    let matches = hasher.matches(password, hash.as_deref()).await?;
    let renewed = match &hash {
        Some(hash) if matches && is_outdated(hash) => Some(hasher.hash(password).await?),
        _ => None,
    };
    Ok(Compared { matches, hash, renewed })
}

impl Compared {
    /// Whether it was the account's password, and still is: whoever changes it at the same time waits
    /// until the account, which the caller holds, is let go. A hash of too little work is replaced.
    pub async fn holds(&self, tx: &Tx, user: UserId) -> Result<bool, Error> {
        if !self.matches || password::hash_of(tx, user).await? != self.hash {
            return Ok(false);
        }
        if let Some(renewed) = &self.renewed {
            password::put(tx, user, renewed.clone()).await?;
        }
        Ok(true)
    }

    /// Whether it was the account's password a moment ago.
    pub fn matched(&self) -> bool {
        self.matches
    }
}
