//! Removing products for good.

use chrono::{DateTime, Utc};
use kernel::{Claimed, OrgTx, SystemView, Tenanted, Tx};
use sea_orm::{ColumnTrait, DbErr, QueryFilter, QuerySelect};

use super::product::{Column, Entity, ProductId};

/// Removes up to `most` products of an organization that is erased, and answers how many.
pub async fn erase(tx: &OrgTx, most: u64) -> Result<u64, DbErr> {
    let some = Entity::mine(tx).select_only().column(Column::Id).limit(most);
    let some: Vec<ProductId> = some.into_tuple().all(tx).await?;
    let gone = Entity::remove_here(tx).filter(Column::Id.is_in(some)).exec(tx).await?;
    Ok(gone.rows_affected)
}

/// Up to `most` that were deleted before then.
pub async fn deleted_before(
    view: &SystemView,
    then: DateTime<Utc>,
    most: u64,
) -> Result<Vec<ProductId>, DbErr> {
    let rows = Entity::everyone(view).filter(Column::DeletedAt.lte(then));
    rows.select_only().column(Column::Id).limit(most).into_tuple().all(view).await
}

/// Removes those of these that nobody has restored.
pub async fn purge(tx: &Tx, ids: Vec<ProductId>, then: DateTime<Utc>) -> Result<(), DbErr> {
    let gone = Entity::remove_claimed(tx, &ids).filter(Column::DeletedAt.lte(then));
    gone.exec(tx).await?;
    Ok(())
}
