//! Sessions' rows and the queries on them.

mod entity;

use chrono::{DateTime, Utc};
use kernel::{
    Global, Listing, PageOf, Refusal, Scope, SessionId, Tx, UserId, View, db::PageRequest,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DbErr, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait},
};

pub use entity::{ActiveModel as NewSession, Model as Session};
use entity::{Column, Entity};

const LISTING: Listing<Entity> = Listing {
    id: Column::Id,
    sorts: &[("first_seen_at", Column::CreatedAt), ("last_seen_at", Column::RotatedAt)],
    default: "-last_seen_at",
};

pub async fn insert(tx: &Tx<impl Scope>, session: NewSession) -> Result<Session, DbErr> {
    session.insert(tx).await
}

pub async fn by_id(view: &View, id: SessionId) -> Result<Option<Session>, DbErr> {
    Entity::rows(view).filter(Column::Id.eq(id)).one(view).await
}

/// A page of the sessions of an account that live.
pub async fn page(
    view: &View,
    user: UserId,
    page: &PageRequest,
) -> Result<PageOf<Session>, Refusal> {
    page.of(live(view, user), &LISTING, view).await
}

/// Up to `most` sessions of an account that are not purged yet, those behind `after`, by id.
pub async fn behind(
    view: &View,
    user: UserId,
    after: Option<SessionId>,
    most: u64,
) -> Result<Vec<Session>, DbErr> {
    let mut rows = Entity::rows(view).filter(Column::UserId.eq(user));
    if let Some(after) = after {
        rows = rows.filter(Column::Id.gt(after));
    }
    rows.order_by_asc(Column::Id).limit(most).all(view).await
}

/// The session of this id, if it is the account's and lives.
pub async fn of(view: &View, user: UserId, id: SessionId) -> Result<Option<Session>, DbErr> {
    live(view, user).filter(Column::Id.eq(id)).one(view).await
}

/// Removes every session of an account that is erased.
pub async fn erase(tx: &Tx<impl Scope>, user: UserId) -> Result<(), DbErr> {
    Entity::remove(tx).filter(Column::UserId.eq(user)).exec(tx).await?;
    Ok(())
}

/// The next generation, if `session` is still the current one and lives: one statement decides.
pub async fn advance(
    tx: &Tx<impl Scope>,
    session: &Session,
    expires_at: DateTime<Utc>,
    device: Option<Vec<u8>>,
) -> Result<bool, DbErr> {
    let now = tx.view().now();
    let advanced = Entity::change(tx)
        .col_expr(Column::Generation, Expr::col(Column::Generation).add(1))
        .col_expr(Column::RotatedAt, Expr::val(now))
        .col_expr(Column::ExpiresAt, Expr::val(expires_at))
        .col_expr(Column::Device, Expr::val(device))
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
    let ended = Entity::change(tx)
        .col_expr(Column::EndedAt, Expr::val(tx.view().now()))
        .filter(Column::Id.eq(id))
        .filter(Column::EndedAt.is_null())
        .exec(tx)
        .await?;
    Ok(ended.rows_affected == 1)
}

/// Ends every session of an account, but for `kept`, and answers which.
pub async fn end_all(
    tx: &Tx<impl Scope>,
    user: UserId,
    kept: Option<SessionId>,
) -> Result<Vec<SessionId>, DbErr> {
    let mut live = Column::UserId.eq(user).and(Column::EndedAt.is_null());
    if let Some(kept) = kept {
        live = live.and(Column::Id.ne(kept));
    }
    let ids: Vec<SessionId> = Entity::rows(tx.view())
        .select_only()
        .column(Column::Id)
        .filter(live.clone())
        .lock_exclusive()
        .into_tuple()
        .all(tx)
        .await?;
    let all = Entity::change(tx);
    all.col_expr(Column::EndedAt, Expr::val(tx.view().now())).filter(live).exec(tx).await?;
    Ok(ids)
}

/// Removes up to `most` sessions that were over before `before`, and answers how many.
pub async fn purge(tx: &Tx<impl Scope>, before: DateTime<Utc>, most: u64) -> Result<u64, DbErr> {
    let over = Column::ExpiresAt.lt(before).or(Column::EndedAt.lt(before));
    let ids: Vec<SessionId> = Entity::rows(tx.view())
        .select_only()
        .column(Column::Id)
        .filter(over)
        .limit(most)
        .into_tuple()
        .all(tx)
        .await?;
    let removed = Entity::remove(tx).filter(Column::Id.is_in(ids)).exec(tx).await?;
    Ok(removed.rows_affected)
}

fn live(view: &View, user: UserId) -> Select<Entity> {
    let rows = Entity::rows(view).filter(Column::UserId.eq(user)).filter(Column::EndedAt.is_null());
    rows.filter(Column::ExpiresAt.gt(view.now())).filter(Column::EndsAt.gt(view.now()))
}
