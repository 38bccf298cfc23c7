//! Accounts' rows and the queries on them.

mod user;

use kernel::{Global, Refusal, Scope, Tx, UserId, View, for_change};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DbErr, IntoActiveModel, QueryFilter, QuerySelect, Select,
};

use crate::EmailAddress;

pub use user::{ActiveModel, Model, Status};

pub async fn by_id(view: &View, id: UserId) -> Result<Option<Model>, DbErr> {
    let user = user::Entity::by_id(view, id).await?;
    Ok(user.filter(|user| user.deleted_at.is_none()))
}

pub async fn by_ids(view: &View, ids: &[UserId]) -> Result<Vec<Model>, DbErr> {
    live(view).filter(user::Column::Id.is_in(ids.iter().copied())).all(view).await
}

pub async fn by_emails(view: &View, emails: &[EmailAddress]) -> Result<Vec<Model>, DbErr> {
    let canonical = emails.iter().map(EmailAddress::canonical);
    live(view).filter(user::Column::EmailCanonical.is_in(canonical)).all(view).await
}

pub async fn by_email(view: &View, email: &EmailAddress) -> Result<Option<Model>, DbErr> {
    live(view).filter(user::Column::EmailCanonical.eq(email.canonical())).one(view).await
}

/// The account as it is now, kept from others until the transaction ends.
pub async fn hold(tx: &Tx<impl Scope>, id: UserId) -> Result<Option<Model>, DbErr> {
    live(tx.view()).filter(user::Column::Id.eq(id)).lock_exclusive().one(tx).await
}

/// The same, by its address.
pub async fn hold_by_email(
    tx: &Tx<impl Scope>,
    email: &EmailAddress,
) -> Result<Option<Model>, DbErr> {
    let rows = live(tx.view()).filter(user::Column::EmailCanonical.eq(email.canonical()));
    rows.lock_exclusive().one(tx).await
}

pub async fn any(view: &View) -> Result<bool, DbErr> {
    let one: Option<UserId> = user::Entity::rows(view)
        .select_only()
        .column(user::Column::Id)
        .limit(1)
        .into_tuple()
        .one(view)
        .await?;
    Ok(one.is_some())
}

/// The account as it is now, kept from others until the transaction ends.
pub async fn changing(tx: &Tx<impl Scope>, id: UserId) -> Result<Model, Refusal> {
    for_change(tx, live(tx.view()).filter(user::Column::Id.eq(id))).await
}

/// Writes what `change` makes of a row, as its next version.
pub async fn save(
    tx: &Tx<impl Scope>,
    row: Model,
    change: impl FnOnce(&mut ActiveModel),
) -> Result<Model, DbErr> {
    let version = row.version + 1;
    let mut row = row.into_active_model();
    row.version = sea_orm::ActiveValue::Set(version);
    row.updated_at = sea_orm::ActiveValue::Set(tx.view().now());
    change(&mut row);
    row.update(tx).await
}

fn live(view: &View) -> Select<user::Entity> {
    user::Entity::rows(view).filter(user::Column::DeletedAt.is_null())
}
