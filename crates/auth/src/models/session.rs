//! Sessions' rows and the queries on them.

mod entity;

use chrono::{DateTime, Utc};
use kernel::{Global, Scope, SessionId, Tx, UserId, View};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DbErr, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait},
};

use entity::Column;
pub use entity::{ActiveModel as NewSession, Model as Session};

pub async fn insert(tx: &Tx<impl Scope>, session: NewSession) -> Result<Session, DbErr> {
    session.insert(tx).await
}

pub async fn by_id(view: &View, id: SessionId) -> Result<Option<Session>, DbErr> {
    entity::Entity::rows(view).filter(Column::Id.eq(id)).one(view).await
}

/// The next generation, if `session` is still the current one and lives: one statement decides.
pub async fn advance(
    tx: &Tx<impl Scope>,
    session: &Session,
    expires_at: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let now = tx.view().now();
    let advanced = entity::Entity::change(tx)
        .col_expr(Column::Generation, Expr::col(Column::Generation).add(1))
        .col_expr(Column::RotatedAt, Expr::val(now))
        .col_expr(Column::ExpiresAt, Expr::val(expires_at))
        .filter(Column::Id.eq(session.id))
        .filter(Column::Generation.eq(session.generation))
        .filter(Column::EndedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .exec(tx)
        .await?;
    Ok(advanced.rows_affected == 1)
}

/// Ends a session, unless it has ended.
pub async fn end(tx: &Tx<impl Scope>, id: SessionId) -> Result<bool, DbErr> {
    let ended = entity::Entity::change(tx)
        .col_expr(Column::EndedAt, Expr::val(tx.view().now()))
        .filter(Column::Id.eq(id))
        .filter(Column::EndedAt.is_null())
        .exec(tx)
        .await?;
    Ok(ended.rows_affected == 1)
}

/// Ends every session of an account and answers which.
pub async fn end_all(tx: &Tx<impl Scope>, user: UserId) -> Result<Vec<SessionId>, DbErr> {
    let live = Column::UserId.eq(user).and(Column::EndedAt.is_null());
    let ids: Vec<SessionId> = entity::Entity::rows(tx.view())
        .select_only()
        .column(Column::Id)
        .filter(live.clone())
        .lock_exclusive()
        .into_tuple()
        .all(tx)
        .await?;
    let all = entity::Entity::change(tx);
    all.col_expr(Column::EndedAt, Expr::val(tx.view().now())).filter(live).exec(tx).await?;
    Ok(ids)
}

/// Removes up to `most` sessions that were over before `before`, and answers how many.
pub async fn purge(tx: &Tx<impl Scope>, before: DateTime<Utc>, most: u64) -> Result<u64, DbErr> {
    let over = Column::ExpiresAt.lt(before).or(Column::EndedAt.lt(before));
    let ids: Vec<SessionId> = entity::Entity::rows(tx.view())
        .select_only()
        .column(Column::Id)
        .filter(over)
        .limit(most)
        .into_tuple()
        .all(tx)
        .await?;
    let removed = entity::Entity::remove(tx).filter(Column::Id.is_in(ids)).exec(tx).await?;
    Ok(removed.rows_affected)
}
