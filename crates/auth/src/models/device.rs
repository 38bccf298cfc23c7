//! Rows of the devices that accounts were signed in from, and the queries on them.

mod entity;

use chrono::{DateTime, Utc};
use kernel::{Global, Scope, Tx, UserId, View};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect,
    sea_query::OnConflict,
};

pub use entity::Model as KnownDevice;
use entity::{ActiveModel, Column, Entity};

pub async fn of(view: &View, user: UserId) -> Result<Vec<KnownDevice>, DbErr> {
    Entity::rows(view).filter(Column::UserId.eq(user)).all(view).await
}

/// Notes that an account was signed in from a device.
pub async fn see(tx: &Tx<impl Scope>, user: UserId, mark: Vec<u8>) -> Result<(), DbErr> {
    let row = ActiveModel { user_id: Set(user), mark: Set(mark), seen_at: Set(tx.view().now()) };
    let again = OnConflict::columns([Column::UserId, Column::Mark])
        .update_column(Column::SeenAt)
        .to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

/// Forgets the devices of an account.
pub async fn forget(tx: &Tx<impl Scope>, user: UserId) -> Result<(), DbErr> {
    Entity::remove(tx).filter(Column::UserId.eq(user)).exec(tx).await?;
    Ok(())
}

/// Forgets up to `most` devices that were last seen before `before`, and answers how many.
pub async fn purge(tx: &Tx<impl Scope>, before: DateTime<Utc>, most: u64) -> Result<u64, DbErr> {
    let old: Vec<(UserId, Vec<u8>)> = Entity::rows(tx.view())
        .select_only()
        .columns([Column::UserId, Column::Mark])
        .filter(Column::SeenAt.lt(before))
        .limit(most)
        .into_tuple()
        .all(tx)
        .await?;
    let marks = old.into_iter().map(|(_, mark)| mark);
    // A mark is a MAC over its account too, so it names one row.
    let removed = Entity::remove(tx).filter(Column::Mark.is_in(marks)).exec(tx).await?;
    Ok(removed.rows_affected)
}
