//! Passwords' rows and the queries on them.

mod entity;

use chrono::{DateTime, Utc};
use kernel::{Global, Scope, Tx, UserId, View};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter, sea_query::OnConflict,
};

pub async fn hash_of(view: &View, user: UserId) -> Result<Option<String>, DbErr> {
    let rows = entity::Entity::rows(view).filter(entity::Column::UserId.eq(user));
    Ok(rows.one(view).await?.map(|row| row.hash))
}

/// When an account's password was last set.
pub async fn set_at(view: &View, user: UserId) -> Result<Option<DateTime<Utc>>, DbErr> {
    let rows = entity::Entity::rows(view).filter(entity::Column::UserId.eq(user));
    Ok(rows.one(view).await?.map(|row| row.updated_at))
}

pub async fn put(tx: &Tx<impl Scope>, user: UserId, hash: String) -> Result<(), DbErr> {
    let row = entity::ActiveModel {
        user_id: Set(user),
        hash: Set(hash),
        updated_at: Set(tx.view().now()),
    };
    let again = OnConflict::column(entity::Column::UserId)
        .update_columns([entity::Column::Hash, entity::Column::UpdatedAt])
        .to_owned();
    entity::Entity::insert(row).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn remove(tx: &Tx<impl Scope>, user: UserId) -> Result<(), DbErr> {
    let rows = entity::Entity::remove(tx).filter(entity::Column::UserId.eq(user));
    rows.exec(tx).await?;
    Ok(())
}
