//! Notifications that go out by mail, each in one mail.

mod row;

use kernel::{Global, OrganizationId, Scope, Tx, UserId, View};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
    entity::prelude::DateTimeUtc,
    sea_query::{Expr, OnConflict},
};
use serde::{Deserialize, Serialize};

use crate::models::notification::{self, NotificationId};
use row::{Column, Entity};
pub use row::{DigestId, Model};

/// Whose items go into one mail.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Heap {
    pub user: UserId,
    pub organization: OrganizationId,
    pub topic: String,
}

/// Notes these, but for those that are noted already.
pub async fn insert(tx: &Tx<impl Scope>, items: Vec<Model>) -> Result<(), DbErr> {
    let rows = items.into_iter().map(|it| it.into_active_model().reset_all());
    // Of any index: sea-orm's own on_conflict_do_nothing() means the primary key.
    let known = OnConflict::new().do_nothing().to_owned();
    Entity::insert_many(rows).on_conflict(known).exec_without_returning(tx).await?;
    Ok(())
}

/// Has a mail take what is due of a heap and in no other; answers how much that is.
pub async fn take(tx: &Tx<impl Scope>, heap: &Heap, digest: DigestId) -> Result<u64, DbErr> {
    let taken = Entity::change(tx)
        .col_expr(Column::DigestId, Expr::val(digest.0))
        .filter(Column::UserId.eq(heap.user))
        .filter(Column::OrganizationId.eq(heap.organization))
        .filter(Column::Topic.eq(heap.topic.as_str()))
        .filter(Column::DigestId.is_null())
        .filter(Column::DueAt.lte(tx.view().now()))
        .exec(tx)
        .await?;
    Ok(taken.rows_affected)
}

/// Removes what waits to be mailed to somebody.
pub async fn forget(tx: &Tx<impl Scope>, user: UserId) -> Result<(), DbErr> {
    Entity::remove(tx).filter(Column::UserId.eq(user)).exec(tx).await?;
    Ok(())
}

/// What a mail is about, in order.
pub async fn of(view: &View, digest: DigestId) -> Result<Vec<notification::Model>, DbErr> {
    let ids: Vec<NotificationId> = Entity::rows(view)
        .select_only()
        .column(Column::NotificationId)
        .filter(Column::DigestId.eq(digest.0))
        .into_tuple()
        .all(view)
        .await?;
    notifications(view, ids).await
}

/// These notifications, in order.
pub async fn notifications(
    view: &View,
    ids: Vec<NotificationId>,
) -> Result<Vec<notification::Model>, DbErr> {
    notification::Entity::rows(view)
        .filter(notification::Column::Id.is_in(ids.into_iter().map(|id| id.0)))
        .order_by_asc(notification::Column::Id)
        .all(view)
        .await
}

/// Removes up to `most` items that were due before `before`, and answers how many.
pub async fn purge(tx: &Tx<impl Scope>, before: DateTimeUtc, most: u64) -> Result<u64, DbErr> {
    let old: Vec<NotificationId> = Entity::rows(tx.view())
        .select_only()
        .column(Column::NotificationId)
        .filter(Column::DueAt.lt(before))
        .limit(most)
        .into_tuple()
        .all(tx)
        .await?;
    let old = Column::NotificationId.is_in(old.into_iter().map(|id| id.0));
    Ok(Entity::remove(tx).filter(old).exec(tx).await?.rows_affected)
}
