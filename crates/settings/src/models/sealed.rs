//! Rows that hold secrets, whichever table they are in.

use kernel::{OrgTx, SystemView};
use sea_orm::DbErr;

use super::Content;
use crate::place::Place;

/// A row that may hold a secret, which is sealed anew when keys change.
pub trait SealedRow: Sized {
    /// What tells rows apart.
    type Id: Copy;

    /// Up to `most` of those whose secret another key than `current` has sealed, by their ids after this
    /// one.
    async fn outdated(
        view: &SystemView,
        current: &str,
        after: Option<Self::Id>,
        most: u64,
    ) -> Result<Vec<Self>, DbErr>;

    /// Seals its secret anew, unless it was changed meanwhile.
    async fn reseal(&self, tx: &OrgTx, by: String, sealed: Vec<u8>) -> Result<(), DbErr>;

    /// Which.
    fn id(&self) -> Self::Id;

    /// Where the value is kept.
    fn place(&self) -> Place;

    /// Of which setting.
    fn key(&self) -> &str;

    /// Of which version.
    fn number(&self) -> i64;

    /// The value.
    fn content(&self) -> Content;
}
