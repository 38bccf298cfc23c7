//! Changing a row: it is read and locked first, and only the version that the client means.

use sea_orm::{EntityTrait, QuerySelect, Select};

use super::{Scope, Tx};
use crate::problem::Refusal;

/// A row that counts its changes; the count is its `ETag`.
pub trait Versioned {
    /// How often it has changed, from 1 on.
    fn version(&self) -> i64;
}

/// Reads the one row of `rows` and keeps it from others until the transaction ends (`FOR UPDATE` on
/// PostgreSQL; SQLite's writer is alone anyway).
///
/// This is where `If-Match` is compared: it is called for the resource of the request and no other.
/// Without one the change applies to the fresh row. Answers [`Refusal::NotFound`] and
/// [`Refusal::Stale`].
pub async fn for_change<E>(tx: &Tx<impl Scope>, rows: Select<E>) -> Result<E::Model, Refusal>
where
    E: EntityTrait<Model: Versioned>,
{
    let row = rows.lock_exclusive().one(tx).await?.ok_or(Refusal::NotFound)?;
    match tx.view().expected() {
        Some(expected) if !expected.contains(&row.version()) => Err(Refusal::Stale),
        _ => Ok(row),
    }
}
