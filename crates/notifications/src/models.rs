//! Rows and the queries on them.

pub mod age;
pub mod delivery;
pub mod inbox;
pub mod notification;
pub mod reading;
mod recipient;

use std::collections::BTreeMap;

use kernel::{Global, Scope, Tx, UserId, View};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};

use recipient::Column as C;
pub use recipient::Model as Recipient;

pub async fn by_user(view: &View, user: UserId) -> Result<Option<Recipient>, DbErr> {
    let rows = recipient::Entity::rows(view);
    rows.filter(recipient::Column::UserId.eq(user)).one(view).await
}

/// Those of these people who can be written to.
pub async fn by_users(
    view: &View,
    users: impl IntoIterator<Item = UserId>,
) -> Result<BTreeMap<UserId, Recipient>, DbErr> {
    let users = users.into_iter().map(|user| user.0);
    let rows = recipient::Entity::rows(view).filter(C::UserId.is_in(users)).all(view).await?;
    Ok(rows.into_iter().map(|row| (row.user_id, row)).collect())
}

/// Removes where somebody is written to.
pub async fn remove(tx: &Tx<impl Scope>, user: UserId) -> Result<(), DbErr> {
    let rows = recipient::Entity::remove(tx).filter(recipient::Column::UserId.eq(user));
    rows.exec(tx).await?;
    Ok(())
}

/// Up to `most` of somebody's notifications, behind this one, the oldest first.
pub async fn following(
    view: &View,
    user: UserId,
    after: Option<notification::NotificationId>,
    most: u64,
) -> Result<Vec<notification::Model>, DbErr> {
    let mut rows = notification::Entity::rows(view).filter(notification::Column::UserId.eq(user));
    if let Some(after) = after {
        rows = rows.filter(notification::Column::Id.gt(after));
    }
    rows.order_by_asc(notification::Column::Id).limit(most).all(view).await
}

pub async fn put(tx: &Tx<impl Scope>, recipient: Recipient) -> Result<(), DbErr> {
    let Recipient { user_id, address, locale, time_zone, updated_at } = recipient;
    let row = recipient::ActiveModel {
        user_id: Set(user_id),
        address: Set(address),
        locale: Set(locale),
        time_zone: Set(time_zone),
        updated_at: Set(updated_at),
    };
    let again = OnConflict::column(C::UserId)
        .update_columns([C::Address, C::Locale, C::TimeZone, C::UpdatedAt])
        .to_owned();
    recipient::Entity::insert(row).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

/// How many rows are written by a statement.
const MANY: usize = 1000;

/// Writes these, but for those that are there already.
pub async fn insert(view: &View, rows: Vec<notification::ActiveModel>) -> Result<(), DbErr> {
    // Of any index: sea-orm's own on_conflict_do_nothing() means the primary key.
    let known = OnConflict::new().do_nothing().to_owned();
    for some in rows.chunks(MANY) {
        let rows = some.iter().cloned();
        let insert = notification::Entity::insert_many(rows).on_conflict(known.clone());
        insert.exec_without_returning(view).await?;
    }
    Ok(())
}
