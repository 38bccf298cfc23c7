//! Which roles somebody has, wherever.

use kernel::{Exported, UserId, View};
use sea_orm::DbErr;
use uuid::Uuid;

use crate::models::held;

/// How many are read at a time.
const PAGE: u64 = 500;

/// The roles of an account, on the platform and in its organizations.
pub async fn roles(view: &View, person: UserId, after: Option<Uuid>) -> Result<Exported, DbErr> {
    let rows = held::anywhere(view, person, after.map(Into::into), PAGE).await?;
    Exported::page(rows, PAGE, |row| row.role_id.into())
}
