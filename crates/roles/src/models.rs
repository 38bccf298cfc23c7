//! Assignments' rows and the queries on them.

mod assignment;

use kernel::{Global, Scope, Tx, UserId, View};
use sea_orm::{ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter};

pub async fn roles_of(view: &View, user: UserId) -> Result<Vec<String>, DbErr> {
    let rows = assignment::Entity::rows(view).filter(assignment::Column::UserId.eq(user));
    Ok(rows.all(view).await?.into_iter().map(|row| row.role).collect())
}

pub async fn assign(tx: &Tx<impl Scope>, user: UserId, role: &str) -> Result<(), DbErr> {
    let row = assignment::ActiveModel {
        user_id: Set(user),
        role: Set(role.to_owned()),
        created_at: Set(tx.view().now()),
    };
    assignment::Entity::insert(row).on_conflict_do_nothing().exec_without_returning(tx).await?;
    Ok(())
}
