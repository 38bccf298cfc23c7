//! Accounts' rows and the queries on them.

mod list;
mod user;
mod word;
mod words;

use kernel::{Global, OnUnique, Refusal, Scope, Tx, UserId, View, for_change};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{ExprTrait, SimpleExpr},
};

use crate::{EmailAddress, Error};
use words::Words;

pub use list::page;
pub use user::{ActiveModel, Model, Status};
pub use words::{enter as enter_words, lacking as lacking_words};

/// One live account an address.
const ADDRESS: &str = "users_email_canonical_key";

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

/// The account, live or deleted and not erased yet, kept from others until the transaction ends.
pub async fn changing_any(tx: &Tx<impl Scope>, id: UserId) -> Result<Model, Refusal> {
    for_change(tx, user::Entity::rows(tx.view()).filter(user::Column::Id.eq(id))).await
}

/// The account, live or deleted and not erased yet.
pub async fn any_by_id(view: &View, id: UserId) -> Result<Option<Model>, DbErr> {
    user::Entity::by_id(view, id).await
}

/// Up to `most` that are to be erased by now, after this one, by their ids.
pub async fn to_erase(view: &View, after: Option<UserId>, most: u64) -> Result<Vec<UserId>, DbErr> {
    let due = user::Column::EraseAt.lte(view.now());
    due_ids(view, due.and(user::Column::DeletedAt.is_not_null()), after, most).await
}

/// Up to `most` whose time of being disabled is over, after this one, by their ids.
pub async fn to_enable(
    view: &View,
    after: Option<UserId>,
    most: u64,
) -> Result<Vec<UserId>, DbErr> {
    let due = user::Column::DisabledUntil.lte(view.now());
    due_ids(view, due.and(user::Column::DeletedAt.is_null()), after, most).await
}

/// Adds an account, with its words.
pub async fn insert(tx: &Tx<impl Scope>, user: Model) -> Result<Model, Error> {
    let words = Words::of(&user.name, &user.email);
    let user = Model { search: Some(words.text()), ..user };
    let row = user.clone().into_active_model().reset_all();
    let inserted = user::Entity::insert(row).exec_without_returning(tx).await;
    inserted.map(drop).on_unique(ADDRESS, || Error::EmailTaken)?;
    words::replace(tx, user.id, &Words::entered(None), words).await?;
    Ok(user)
}

/// Writes what `change` makes of a row, as its next version; its words follow its name and address.
pub async fn save(
    tx: &Tx<impl Scope>,
    row: Model,
    change: impl FnOnce(&mut ActiveModel),
) -> Result<Model, Error> {
    let version = row.version + 1;
    let mut row = row.into_active_model();
    row.version = Set(version);
    row.updated_at = Set(tx.view().now());
    change(&mut row);
    let words = Words::of(row.name.as_ref(), row.email.as_ref());
    let before = Words::entered(row.search.as_ref().as_deref());
    row.search = Set(Some(words.text()));
    let user = row.update(tx).await.on_unique(ADDRESS, || Error::EmailTaken)?;
    words::replace(tx, user.id, &before, words).await?;
    Ok(user)
}

/// Removes an account and its words, as if it had never been.
pub async fn remove(tx: &Tx<impl Scope>, id: UserId) -> Result<(), DbErr> {
    words::remove(tx, id).await?;
    user::Entity::remove(tx).filter(user::Column::Id.eq(id)).exec(tx).await?;
    Ok(())
}

async fn due_ids(
    view: &View,
    due: SimpleExpr,
    after: Option<UserId>,
    most: u64,
) -> Result<Vec<UserId>, DbErr> {
    let mut rows = user::Entity::rows(view).filter(due);
    if let Some(after) = after {
        rows = rows.filter(user::Column::Id.gt(after));
    }
    let ids = rows.select_only().column(user::Column::Id).order_by_asc(user::Column::Id);
    ids.limit(most).into_tuple().all(view).await
}

fn live(view: &View) -> Select<user::Entity> {
    user::Entity::rows(view).filter(user::Column::DeletedAt.is_null())
}
