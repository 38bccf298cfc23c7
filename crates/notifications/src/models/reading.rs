//! What stands in inboxes, and how people mark it.

use kernel::{
    Global, Listing, PageOf, Refusal, Scope, Tx, UserId, View, db::PageRequest, for_change,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, ExprTrait, FromQueryResult, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, Select,
    sea_query::{Alias, Asterisk, Expr, Query, SelectStatement},
};

use super::{
    inbox,
    notification::{Column, Entity, Model as Notification, NotificationId},
};

const LISTING: Listing<Entity> =
    Listing { id: Column::Seq, sorts: &[("seq", Column::Seq)], default: "-seq" };

/// Which of an inbox.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub read: Option<bool>,
    pub archived: Option<bool>,
    pub topic: Option<String>,
}

/// How its reader marks a notification.
#[derive(Clone, Copy, Debug)]
pub struct Marks {
    pub read: bool,
    pub archived: bool,
}

/// How an inbox stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Standing {
    pub user_id: UserId,
    pub last_seq: i64,
    pub purged_seq: i64,
    pub revision: i64,
    /// How many are neither read nor archived.
    pub unread: i64,
}

impl Standing {
    /// That of an inbox to which nothing has come yet.
    pub fn empty(user_id: UserId) -> Self {
        Self { user_id, last_seq: 0, purged_seq: 0, revision: 0, unread: 0 }
    }
}

/// A page of an inbox.
pub async fn page(
    view: &View,
    user: UserId,
    page: &PageRequest,
    Wanted { read, archived, topic }: Wanted,
) -> Result<PageOf<Notification>, Refusal> {
    let mut rows = listed(view).filter(Column::UserId.eq(user));
    for (wanted, column) in [(read, Column::ReadAt), (archived, Column::ArchivedAt)] {
        rows = match wanted {
            None => rows,
            Some(true) => rows.filter(column.is_not_null()),
            Some(false) => rows.filter(column.is_null()),
        };
    }
    if let Some(topic) = topic {
        rows = rows.filter(Column::Topic.eq(topic));
    }
    page.of(rows, &LISTING, view).await
}

/// One of an inbox.
pub async fn one(
    view: &View,
    user: UserId,
    id: NotificationId,
) -> Result<Option<Notification>, DbErr> {
    let row = Entity::by_id(view, id).await?;
    Ok(row.filter(|it| it.user_id == user && it.seq > 0))
}

/// The same as its reader means to change it.
pub async fn changing(tx: &Tx, user: UserId, id: NotificationId) -> Result<Notification, Refusal> {
    let rows = listed(tx).filter(Column::Id.eq(id)).filter(Column::UserId.eq(user));
    for_change(tx, rows).await
}

/// Marks it so.
pub async fn mark(
    tx: &Tx,
    before: Notification,
    Marks { read, archived }: Marks,
) -> Result<Notification, DbErr> {
    let now = tx.now();
    let mut row = before.clone().into_active_model();
    row.read_at = Set(read.then(|| before.read_at.unwrap_or(now)));
    row.archived_at = Set(archived.then(|| before.archived_at.unwrap_or(now)));
    row.version = Set(before.version + 1);
    row.updated_at = Set(now);
    row.update(tx).await
}

/// Marks as read all of an inbox up to this place.
pub async fn mark_all(tx: &Tx<impl Scope>, user: UserId, up_to: i64) -> Result<u64, DbErr> {
    let now = tx.view().now();
    let marked = Entity::change(tx)
        .col_expr(Column::ReadAt, Expr::val(now))
        .col_expr(Column::UpdatedAt, Expr::val(now))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::UserId.eq(user))
        .filter(Expr::col(Column::Seq).gt(Expr::cust("0")))
        .filter(Column::Seq.lte(up_to))
        .filter(Column::ReadAt.is_null())
        .exec(tx)
        .await?;
    Ok(marked.rows_affected)
}

/// How these inboxes stand, each at one instant; one that was never used is missing.
pub async fn standing(view: &View, users: &[UserId]) -> Result<Vec<Standing>, DbErr> {
    let mut unread = Query::select();
    unread.expr(Expr::col(Asterisk).count()).from(Entity);
    unread.and_where(
        Expr::col((Entity, Column::UserId)).equals((inbox::Entity, inbox::Column::UserId)),
    );
    unread.and_where(is_listed()).and_where(Expr::col((Entity, Column::ReadAt)).is_null());
    unread.and_where(Expr::col((Entity, Column::ArchivedAt)).is_null());
    let mut all = of_inboxes(users);
    all.expr_as(Expr::SubQuery(None, Box::new(unread.into())), Alias::new("unread"));
    let rows = view.query_all(&all).await?;
    rows.iter().map(|row| Standing::from_query_result(row, "")).collect()
}

/// How often these inboxes have changed, and how far they are numbered; it costs less.
pub async fn revisions(view: &View, users: &[UserId]) -> Result<Vec<Standing>, DbErr> {
    let mut all = of_inboxes(users);
    all.expr_as(Expr::cust("cast(0 as bigint)"), Alias::new("unread"));
    let rows = view.query_all(&all).await?;
    rows.iter().map(|row| Standing::from_query_result(row, "")).collect()
}

/// What follows this place of an inbox, in order.
pub async fn after(
    view: &View,
    user: UserId,
    seq: i64,
    most: u64,
) -> Result<Vec<Notification>, DbErr> {
    let rows = listed(view).filter(Column::UserId.eq(user)).filter(Column::Seq.gt(seq));
    rows.order_by_asc(Column::Seq).limit(most).all(view).await
}

/// The last `most` of each of these inboxes, in order.
pub async fn latest(view: &View, users: &[UserId], most: i64) -> Result<Vec<Notification>, DbErr> {
    let mut from = Query::select();
    from.expr(Expr::col((inbox::Entity, inbox::Column::LastSeq)).sub(most)).from(inbox::Entity);
    from.and_where(
        Expr::col((inbox::Entity, inbox::Column::UserId)).equals((Entity, Column::UserId)),
    );
    let rows = listed(view).filter(Column::UserId.is_in(users.iter().map(|it| it.0)));
    let rows = rows
        .filter(Expr::col((Entity, Column::Seq)).gt(Expr::SubQuery(None, Box::new(from.into()))));
    rows.order_by_asc(Column::UserId).order_by_asc(Column::Seq).all(view).await
}

fn listed(view: &View) -> Select<Entity> {
    Entity::rows(view).filter(is_listed())
}

/// As the indexes write it.
fn is_listed() -> Expr {
    Expr::col((Entity, Column::Seq)).gt(Expr::cust("0"))
}

fn of_inboxes(users: &[UserId]) -> SelectStatement {
    use inbox::Column as I;
    let mut all = Query::select();
    all.columns([I::UserId, I::LastSeq, I::PurgedSeq, I::Revision].map(|it| (inbox::Entity, it)));
    all.from(inbox::Entity);
    all.and_where(Expr::col((inbox::Entity, I::UserId)).is_in(users.iter().map(|it| it.0)));
    all
}
