//! Memberships' rows and the queries on them.

mod entity;

use kernel::{
    Claimed, Listing, OnUnique, OrgTx, OrgView, OrganizationId, PageOf, Refusal, Tenanted, Tx,
    UserId, View, db::PageRequest, for_change,
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Query, SimpleExpr},
};

use super::organization::{self, Which};
use crate::Error;
use entity::{Column, Entity};

pub use entity::{MembershipId, Model as Membership};

const LISTING: Listing<Entity> =
    Listing { id: Column::Id, sorts: &[("created_at", Column::Id)], default: "created_at" };

/// The membership of this account.
pub async fn of(view: &OrgView, user: UserId) -> Result<Option<Membership>, DbErr> {
    Entity::mine(view).filter(Column::UserId.eq(user)).one(view).await
}

/// The same as the client means to change it.
pub async fn changing(tx: &OrgTx, user: UserId) -> Result<Membership, Refusal> {
    for_change(tx, Entity::mine(tx).filter(Column::UserId.eq(user))).await
}

/// That whom a row names in this column is a member of the organization it names in that one.
pub fn exists(organization: impl ColumnTrait, user: impl ColumnTrait) -> SimpleExpr {
    let mut one = Query::select();
    one.expr(Expr::val(1)).from(Entity);
    for (column, named) in [
        (Column::OrganizationId, organization.as_column_ref()),
        (Column::UserId, user.as_column_ref()),
    ] {
        one.and_where(Expr::col((Entity, column)).equals(named));
    }
    Expr::exists(one)
}

/// A page of an organization's members.
pub async fn page(view: &OrgView, page: &PageRequest) -> Result<PageOf<Membership>, Refusal> {
    page.of(Entity::mine(view), &LISTING, view).await
}

/// A page of an account's memberships in organizations in use.
pub async fn page_of(
    view: &View,
    user: UserId,
    page: &PageRequest,
) -> Result<PageOf<Membership>, Refusal> {
    let live = organization::exists(Column::OrganizationId, Which::Live);
    page.of(Entity::claimed(view, &user).filter(live), &LISTING, view).await
}

/// A page of an account's memberships in deleted organizations that it owns.
pub async fn page_of_deleted(
    view: &View,
    user: UserId,
    which: Which,
    page: &PageRequest,
) -> Result<PageOf<Membership>, Refusal> {
    let deleted = organization::exists(Column::OrganizationId, which);
    page.of(owned_rows(view, user).filter(deleted), &LISTING, view).await
}

/// Up to `most` of an account's memberships, behind this one, the oldest first.
pub async fn following(
    view: &View,
    user: UserId,
    after: Option<MembershipId>,
    most: u64,
) -> Result<Vec<Membership>, DbErr> {
    let mut rows = Entity::claimed(view, &user);
    if let Some(after) = after {
        rows = rows.filter(Column::Id.gt(after));
    }
    rows.order_by_asc(Column::Id).limit(most).all(view).await
}

/// The organizations that an account owns, in the order of their ids.
pub async fn owned(view: &View, user: UserId) -> Result<Vec<OrganizationId>, DbErr> {
    ids(owned_rows(view, user), view).await
}

/// The organizations that an account belongs to, in the order of their ids.
pub async fn all(view: &View, user: UserId) -> Result<Vec<OrganizationId>, DbErr> {
    ids(Entity::claimed(view, &user), view).await
}

/// Which of these accounts are members.
pub async fn among(view: &OrgView, users: &[UserId]) -> Result<Vec<UserId>, DbErr> {
    let rows = Entity::mine(view).filter(Column::UserId.is_in(users.iter().copied()));
    rows.select_only().column(Column::UserId).into_tuple().all(view).await
}

/// The next `most` members behind `after`, in the order of their memberships' ids.
pub async fn behind(
    view: &OrgView,
    after: Option<MembershipId>,
    most: u64,
) -> Result<Vec<(MembershipId, UserId)>, DbErr> {
    let mut rows = Entity::mine(view).select_only().columns([Column::Id, Column::UserId]);
    if let Some(after) = after {
        rows = rows.filter(Column::Id.gt(after));
    }
    rows.order_by_asc(Column::Id).limit(most).into_tuple().all(view).await
}

/// How many members there are.
pub async fn count(view: &OrgView) -> Result<u64, DbErr> {
    Entity::mine(view).count(view).await
}

pub async fn insert(tx: &OrgTx, user: UserId) -> Result<Membership, Error> {
    let row = Membership {
        id: tx.id(),
        organization_id: tx.org(),
        user_id: user,
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    let insert = Entity::insert(row.clone().into_active_model().reset_all());
    let inserted = insert.exec_without_returning(tx).await;
    inserted.on_unique("memberships_organization_id_user_id_key", || Error::AlreadyMember)?;
    Ok(row)
}

/// The membership's next version, for its roles have changed.
pub async fn touch(tx: &OrgTx, row: Membership) -> Result<Membership, DbErr> {
    let version = row.version + 1;
    let mut row = row.into_active_model();
    row.version = Set(version);
    row.updated_at = Set(tx.now());
    row.update(tx).await
}

/// Ends a membership.
pub async fn remove(tx: &OrgTx, user: UserId) -> Result<(), DbErr> {
    Entity::remove_here(tx).filter(Column::UserId.eq(user)).exec(tx).await?;
    Ok(())
}

/// Ends every membership of an account.
pub async fn remove_all(tx: &Tx, user: UserId) -> Result<(), DbErr> {
    Entity::remove_claimed(tx, &user).exec(tx).await?;
    Ok(())
}

/// Ends up to `most` memberships of an organization that is erased, and answers how many.
pub async fn erase(tx: &OrgTx, most: u64) -> Result<u64, DbErr> {
    let some = Entity::mine(tx).select_only().column(Column::Id).limit(most);
    let some: Vec<MembershipId> = some.into_tuple().all(tx).await?;
    let gone = Entity::remove_here(tx).filter(Column::Id.is_in(some)).exec(tx).await?;
    Ok(gone.rows_affected)
}

fn owned_rows(view: &View, user: UserId) -> Select<Entity> {
    let owned = Column::OrganizationId.in_subquery(roles::owned_by(view, user));
    Entity::claimed(view, &user).filter(owned)
}

async fn ids(rows: Select<Entity>, view: &View) -> Result<Vec<OrganizationId>, DbErr> {
    let ids = rows.select_only().column(Column::OrganizationId);
    ids.order_by_asc(Column::OrganizationId).into_tuple().all(view).await
}
