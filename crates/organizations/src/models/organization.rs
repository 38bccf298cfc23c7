//! Organizations' rows and the queries on them.

mod entity;

use chrono::{DateTime, Utc};
use kernel::{
    Claimed, OnUnique, OrgTx, OrgView, OrganizationId, Refusal, SystemView, Tenanted, Tx, View,
    for_change,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
    sea_query::{Expr, ExprTrait, OnConflict, Query, SelectStatement, SimpleExpr},
};

use crate::Error;
use entity::{Column, Entity};

pub use entity::{ActiveModel as NewOrganization, Model as Organization};

const SLUG: &str = "organizations_slug_skeleton_key";

/// Which organizations.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    /// In use.
    Live,
    /// Deleted, and to be erased after this instant.
    ErasedAfter(DateTime<Utc>),
}

/// The organization one stands in, if it is live.
pub async fn live(view: &OrgView) -> Result<Option<Organization>, DbErr> {
    Ok(Entity::by_id(view, view.org()).await?.filter(|it| it.deleted_at.is_none()))
}

/// The same, kept from others until the transaction ends: rules that count rows begin with it. What
/// is locked besides comes in this order: accounts, organizations by their ids, roles.
pub async fn hold(tx: &OrgTx) -> Result<Organization, Error> {
    hold_any(tx).await?.filter(|it| it.deleted_at.is_none()).ok_or(Error::NotFound)
}

/// The organization, live or deleted, kept from others until the transaction ends.
pub async fn hold_any(tx: &OrgTx) -> Result<Option<Organization>, DbErr> {
    Entity::mine(tx).lock_exclusive().one(tx).await
}

/// Several, in the order of their ids, live or deleted: for who has read the ids from memberships.
pub async fn hold_all(tx: &Tx, ids: &[OrganizationId]) -> Result<Vec<Organization>, DbErr> {
    let rows = Entity::claimed(tx, &ids.to_vec()).order_by_asc(Column::Id);
    rows.lock_exclusive().all(tx).await
}

/// The organization as the client means to change it.
pub async fn changing(tx: &OrgTx) -> Result<Organization, Refusal> {
    for_change(tx, Entity::mine(tx).filter(Column::DeletedAt.is_null())).await
}

/// The organizations of these ids, live or deleted: for who has read the ids from memberships.
pub async fn of(view: &View, ids: Vec<OrganizationId>) -> Result<Vec<Organization>, DbErr> {
    Entity::claimed(view, &ids).all(view).await
}

/// The ids of those of `ids` that there are, and whether it is `said` that they are deleted: as a
/// part of another feature's query.
pub fn places(view: &View, ids: &[OrganizationId]) -> SelectStatement {
    let rows = Entity::claimed(view, &ids.to_vec()).select_only().column_as(Column::Id, "id");
    rows.expr_as(Column::DeletedAt.is_not_null(), "said").into_query()
}

/// That the organization of a row, named by this column, is such a one.
pub fn exists(organization: impl ColumnTrait, which: Which) -> SimpleExpr {
    let such = match which {
        Which::Live => Expr::col((Entity, Column::DeletedAt)).is_null(),
        Which::ErasedAfter(then) => Expr::col((Entity, Column::EraseAt)).gt(then),
    };
    let mut one = Query::select();
    one.expr(Expr::val(1)).from(Entity).and_where(such);
    one.and_where(Expr::col((Entity, Column::Id)).equals(organization.as_column_ref()));
    Expr::exists(one)
}

/// Adds an organization, unless another has a slug that looks like its own.
pub async fn insert(tx: &OrgTx, organization: &Organization) -> Result<bool, DbErr> {
    let row = organization.clone().into_active_model().reset_all();
    // `on_conflict_do_nothing` would mean the primary key alone.
    let taken = OnConflict::new().do_nothing().to_owned();
    Ok(Entity::insert(row).on_conflict(taken).exec_without_returning(tx).await? > 0)
}

/// Whether another live organization has a slug of this skeleton. Who asks first does not wait for
/// another who is changing theirs, and so no two wait for one another.
pub async fn is_taken(tx: &OrgTx, skeleton: &str) -> Result<bool, DbErr> {
    let mut one = Query::select();
    one.expr(Expr::val(1)).from(Entity);
    one.and_where(Column::SlugSkeleton.eq(skeleton)).and_where(Column::DeletedAt.is_null());
    one.and_where(Column::Id.ne(tx.org()));
    Ok(sea_orm::ConnectionTrait::query_one(tx, &one).await?.is_some())
}

/// Writes what `change` makes of a row, as its next version.
pub async fn save(
    tx: &OrgTx,
    row: Organization,
    change: impl FnOnce(&mut NewOrganization),
) -> Result<Organization, Error> {
    let version = row.version + 1;
    let mut row = row.into_active_model();
    row.version = Set(version);
    row.updated_at = Set(tx.now());
    change(&mut row);
    row.update(tx).await.on_unique(SLUG, || Error::SlugTaken)
}

/// Up to `most` organizations that are to be erased by now, by their ids after this one.
pub async fn due(
    view: &SystemView,
    after: Option<OrganizationId>,
    most: u64,
) -> Result<Vec<OrganizationId>, DbErr> {
    let mut rows = Entity::everyone(view).filter(Column::EraseAt.lte(view.now()));
    if let Some(after) = after {
        rows = rows.filter(Column::Id.gt(after));
    }
    let ids = rows.select_only().column(Column::Id).order_by_asc(Column::Id).limit(most);
    ids.into_tuple().all(view).await
}

/// Notes that its erasure has begun: whatever a clock says, nobody restores what is half gone.
pub async fn begin_to_erase(tx: &OrgTx) -> Result<(), DbErr> {
    let begun = Expr::col(Column::DeletedAt);
    Entity::change_here(tx).col_expr(Column::EraseAt, begun).exec(tx).await?;
    Ok(())
}

/// Removes the organization itself.
pub async fn remove(tx: &OrgTx) -> Result<(), DbErr> {
    Entity::remove_here(tx).exec(tx).await?;
    Ok(())
}
