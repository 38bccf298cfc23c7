//! Queries on preferences.

use std::collections::BTreeMap;

use kernel::{Global, Refusal, Scope, Tx, UserId, View};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, IntoActiveModel,
    QueryFilter, sea_query::OnConflict,
};

use super::row::{Column, Entity, Model};

/// What somebody has said.
pub async fn of(view: &View, user: UserId) -> Result<Model, DbErr> {
    let row = Entity::rows(view).filter(Column::UserId.eq(user)).one(view).await?;
    Ok(row.unwrap_or_else(|| Model::silent(user, view.now())))
}

/// What these people have said, but for those who have said nothing.
pub async fn of_many(
    view: &View,
    users: impl IntoIterator<Item = UserId>,
) -> Result<BTreeMap<UserId, Model>, DbErr> {
    let users = users.into_iter().map(|user| user.0);
    let rows = Entity::rows(view).filter(Column::UserId.is_in(users)).all(view).await?;
    Ok(rows.into_iter().map(|row| (row.user_id, row)).collect())
}

/// The row of somebody, kept from others until the transaction ends; it is made where there is none.
pub async fn for_change(tx: &Tx<impl Scope>, user: UserId) -> Result<Model, Refusal> {
    let new = Model::silent(user, tx.view().now()).into_active_model().reset_all();
    let known = OnConflict::column(Column::UserId).do_nothing().to_owned();
    Entity::insert(new).on_conflict(known).exec_without_returning(tx).await?;
    kernel::for_change(tx, Entity::rows(tx.view()).filter(Column::UserId.eq(user))).await
}

/// Writes the next version of a row that is kept.
pub async fn put(tx: &Tx<impl Scope>, row: Model) -> Result<Model, DbErr> {
    let version = row.version + 1;
    let mut row = row.into_active_model().reset_all();
    row.version = Set(version);
    row.updated_at = Set(tx.view().now());
    row.update(tx).await
}

/// Removes what somebody has said.
pub async fn forget(tx: &Tx<impl Scope>, user: UserId) -> Result<(), DbErr> {
    Entity::remove(tx).filter(Column::UserId.eq(user)).exec(tx).await?;
    Ok(())
}
