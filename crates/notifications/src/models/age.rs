//! What goes for its age.

use chrono::{DateTime, Utc};
use kernel::{Global, Scope, Tx, UserId};
use sea_orm::{
    ColumnTrait, DbErr, ExprTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};

use super::{
    delivery, inbox,
    notification::{Column, Entity, WAITING},
};

/// Deletes up to `most` notifications that are older, and notes how far their inboxes go back now.
pub async fn purge(tx: &Tx, before: DateTime<Utc>, most: u64) -> Result<usize, DbErr> {
    let old: Vec<(uuid::Uuid, UserId, i64)> = Entity::rows(tx)
        .select_only()
        .columns([Column::Id, Column::UserId, Column::Seq])
        .filter(Column::CreatedAt.lt(before))
        .filter(Column::Seq.ne(WAITING))
        .order_by_asc(Column::CreatedAt)
        .limit(most)
        .into_tuple()
        .all(tx)
        .await?;
    let mut users: Vec<_> = old.iter().map(|(_, user, _)| *user).collect();
    users.sort_unstable();
    users.dedup();
    if users.is_empty() {
        return Ok(0);
    }
    delivery::lock(tx, &users).await?;
    for user in users {
        let gone = old.iter().filter(|(_, of, _)| *of == user).map(|(.., seq)| *seq).max();
        go_back_to(tx, user, gone.unwrap_or_default()).await?;
    }
    let ids = old.iter().map(|(id, ..)| *id);
    Entity::remove(tx).filter(Column::Id.is_in(ids)).exec(tx).await?;
    Ok(old.len())
}

/// Deletes everything of somebody.
pub async fn forget(tx: &Tx<impl Scope>, user: UserId) -> Result<(), DbErr> {
    Entity::remove(tx).filter(Column::UserId.eq(user)).exec(tx).await?;
    inbox::Entity::remove(tx).filter(inbox::Column::UserId.eq(user)).exec(tx).await?;
    Ok(())
}

async fn go_back_to(tx: &Tx, user: UserId, gone: i64) -> Result<(), DbErr> {
    inbox::Entity::change(tx)
        .col_expr(inbox::Column::PurgedSeq, Expr::val(gone))
        .col_expr(inbox::Column::Revision, Expr::col(inbox::Column::Revision).add(1))
        .filter(inbox::Column::UserId.eq(user))
        .filter(inbox::Column::PurgedSeq.lt(gone))
        .exec(tx)
        .await?;
    Ok(())
}
