//! Giving notifications their places: a statement each for many inboxes, which are locked in the order
//! of their ids.

use kernel::{Global, Scope, Tx, UserId, View};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, ExprTrait, QueryFilter,
    QueryOrder, QuerySelect, Statement, Value,
    sea_query::{Expr, OnConflict},
};

use super::{
    inbox,
    notification::{Column, Entity, UNLISTED, WAITING},
};

/// Whether anything waits to be delivered.
pub async fn any(view: &View) -> Result<bool, DbErr> {
    let one = waiting(view).select_only().column(Column::Id).limit(1).into_tuple::<uuid::Uuid>();
    Ok(one.one(view).await?.is_some())
}

/// The next people after `last` for whom something waits, in the order of their ids.
pub async fn next(view: &View, last: Option<UserId>, most: u64) -> Result<Vec<UserId>, DbErr> {
    let mut rows = waiting(view).select_only().column(Column::UserId).distinct();
    if let Some(last) = last {
        rows = rows.filter(Column::UserId.gt(last));
    }
    rows.order_by_asc(Column::UserId).limit(most).into_tuple().all(view).await
}

/// Makes the inboxes that are missing, and keeps all of these from others until the transaction ends.
pub async fn lock(tx: &Tx<impl Scope>, users: &[UserId]) -> Result<(), DbErr> {
    let new = users.iter().map(|user| inbox::ActiveModel {
        user_id: Set(*user),
        last_seq: Set(0),
        purged_seq: Set(0),
        revision: Set(0),
    });
    let known = OnConflict::column(inbox::Column::UserId).do_nothing().to_owned();
    inbox::Entity::insert_many(new).on_conflict(known).exec_without_returning(tx).await?;
    let rows = inbox::Entity::rows(tx.view()).filter(inbox::Column::UserId.is_in(ids(users)));
    rows.order_by_asc(inbox::Column::UserId).lock_exclusive().all(tx).await?;
    Ok(())
}

/// Has what waits for these people under these topics come to no inbox.
pub async fn leave_out(
    tx: &Tx<impl Scope>,
    users: &[UserId],
    topics: &[&'static str],
) -> Result<(), DbErr> {
    Entity::change(tx)
        .col_expr(Column::Seq, Expr::val(UNLISTED))
        .filter(Column::Seq.eq(WAITING))
        .filter(Column::UserId.is_in(ids(users)))
        .filter(Column::Topic.is_in(topics.iter().copied()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Numbers what waits for these people, whose inboxes are locked, each inbox without a gap.
pub async fn number(tx: &Tx<impl Scope>, users: &[UserId]) -> Result<(), DbErr> {
    let backend = tx.get_database_backend();
    let (among, values) = among(backend, users);
    let sql = format!(
        "update notifications set seq = placed.seq from (\
           select n.id, i.last_seq + row_number() over (partition by n.user_id order by n.id) as seq \
           from notifications n join inboxes i on i.user_id = n.user_id \
           where n.seq = 0 and n.user_id {among}\
         ) as placed where notifications.id = placed.id and notifications.seq = 0"
    );
    tx.execute_raw(Statement::from_sql_and_values(backend, sql, values.clone())).await?;
    let sql = format!(
        "update inboxes set revision = revision + 1, last_seq = coalesce((\
           select max(n.seq) from notifications n \
           where n.user_id = inboxes.user_id and n.seq > 0 and n.seq > inboxes.last_seq\
         ), last_seq) where user_id {among}"
    );
    tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    Ok(())
}

/// Notes that something in an inbox has changed; the inbox is locked by it.
pub async fn touch(tx: &Tx<impl Scope>, user: UserId) -> Result<(), DbErr> {
    inbox::Entity::change(tx)
        .col_expr(inbox::Column::Revision, Expr::col(inbox::Column::Revision).add(1))
        .filter(inbox::Column::UserId.eq(user))
        .exec(tx)
        .await?;
    Ok(())
}

fn waiting(view: &View) -> sea_orm::Select<Entity> {
    // As a literal, or PostgreSQL would not know that the index of those that wait serves it.
    Entity::rows(view).filter(Expr::col((Entity, Column::Seq)).eq(Expr::cust("0")))
}

fn ids(users: &[UserId]) -> impl Iterator<Item = uuid::Uuid> {
    users.iter().map(|user| user.0)
}

/// "is one of these", and its parameters: one list on PostgreSQL, so that the statement stays the same.
fn among(backend: DbBackend, users: &[UserId]) -> (String, Vec<Value>) {
    if backend == DbBackend::Postgres {
        let all: Vec<_> = users.iter().map(ToString::to_string).collect();
        return ("= any(string_to_array($1, ',')::uuid[])".into(), vec![all.join(",").into()]);
    }
    let places: Vec<_> = (1..=users.len()).map(|place| format!("${place}")).collect();
    (format!("in ({})", places.join(", ")), ids(users).map(Value::from).collect())
}
