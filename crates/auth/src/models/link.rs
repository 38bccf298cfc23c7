//! Mailed links' rows and the queries on them.

mod entity;

use chrono::{DateTime, Utc};
use kernel::{Global, Scope, Tx, UserId, View};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DbErr, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

pub use entity::{ActiveModel as NewLink, Kind, Model as Link};
use entity::{Column, LinkId};

pub async fn insert(tx: &Tx<impl Scope>, link: NewLink) -> Result<Link, DbErr> {
    link.insert(tx).await
}

/// The link of this token, if it is of one of these kinds and has not expired.
pub async fn live(view: &View, kinds: &[Kind], token_hash: &[u8]) -> Result<Option<Link>, DbErr> {
    let rows = entity::Entity::rows(view)
        .filter(Column::TokenHash.eq(token_hash))
        .filter(Column::Kind.is_in(kinds.iter().copied()))
        .filter(Column::ExpiresAt.gt(view.now()));
    rows.one(view).await
}

/// Whether an account has a link that brings this password.
pub async fn brings(view: &View, user: UserId, hash: &str) -> Result<bool, DbErr> {
    let rows = entity::Entity::rows(view).filter(Column::UserId.eq(user));
    Ok(rows.filter(Column::PasswordHash.eq(hash)).count(view).await? > 0)
}

/// How many links of this kind an account has that have not expired.
pub async fn count(view: &View, user: UserId, kind: Kind) -> Result<u64, DbErr> {
    let rows = entity::Entity::rows(view)
        .filter(Column::UserId.eq(user))
        .filter(Column::Kind.eq(kind))
        .filter(Column::ExpiresAt.gt(view.now()));
    rows.count(view).await
}

/// The links of an account, the oldest first.
pub async fn of_account(view: &View, user: UserId) -> Result<Vec<Link>, DbErr> {
    let rows = entity::Entity::rows(view).filter(Column::UserId.eq(user));
    rows.order_by_asc(Column::Id).all(view).await
}

/// Uses a link up; `false` where another was faster.
pub async fn take(tx: &Tx<impl Scope>, link: &Link) -> Result<bool, DbErr> {
    let taken = entity::Entity::remove(tx).filter(Column::Id.eq(link.id)).exec(tx).await?;
    Ok(taken.rows_affected == 1)
}

/// Voids every link of an account.
pub async fn void(tx: &Tx<impl Scope>, user: UserId) -> Result<(), DbErr> {
    let links = entity::Entity::remove(tx).filter(Column::UserId.eq(user));
    links.exec(tx).await?;
    Ok(())
}

/// Removes up to `most` links that had expired before `before`, and answers how many.
pub async fn purge(tx: &Tx<impl Scope>, before: DateTime<Utc>, most: u64) -> Result<u64, DbErr> {
    let ids: Vec<LinkId> = entity::Entity::rows(tx.view())
        .select_only()
        .column(Column::Id)
        .filter(Column::ExpiresAt.lt(before))
        .limit(most)
        .into_tuple()
        .all(tx)
        .await?;
    let removed = entity::Entity::remove(tx).filter(Column::Id.is_in(ids)).exec(tx).await?;
    Ok(removed.rows_affected)
}
