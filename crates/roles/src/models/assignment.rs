//! Who has which role: the rows.

pub(super) mod entity;

use kernel::{Claimed, OrgTx, OrganizationId, Scope, Tenanted, Tx, UserId, View};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{OnConflict, SelectStatement},
};

use crate::RoleId;

pub use entity::Model as Assignment;
use entity::{ActiveModel, Column, Entity};

/// The assignments of these accounts at this place, by the age of the roles.
pub async fn of_members<V: Scope>(view: &V, users: &[UserId]) -> Result<Vec<Assignment>, DbErr> {
    let rows = Entity::here(view).filter(Column::UserId.is_in(users.iter().copied()));
    rows.order_by_asc(Column::RoleId).all(view).await
}

/// An account's own assignments in these organizations.
pub async fn in_organizations(
    view: &View,
    user: UserId,
    organizations: &[OrganizationId],
) -> Result<Vec<Assignment>, DbErr> {
    let there = organizations.iter().copied();
    let rows = Entity::claimed(view, &user).filter(Column::OrganizationId.is_in(there));
    rows.order_by_asc(Column::RoleId).all(view).await
}

/// Who has this role: up to `most`, after this one, by their ids.
pub async fn holders<V: Scope>(
    view: &V,
    role: RoleId,
    after: Option<UserId>,
    most: u64,
) -> Result<Vec<UserId>, DbErr> {
    let mut rows = Entity::here(view).filter(Column::RoleId.eq(role));
    if let Some(after) = after {
        rows = rows.filter(Column::UserId.gt(after));
    }
    let users = rows.select_only().column(Column::UserId).order_by_asc(Column::UserId);
    users.limit(most).into_tuple().all(view).await
}

/// Whether anybody has this role.
pub async fn any<V: Scope>(view: &V, role: RoleId) -> Result<bool, DbErr> {
    let one = Entity::here(view).filter(Column::RoleId.eq(role)).limit(1).one(view).await?;
    Ok(one.is_some())
}

/// The ids of the roles that an account has at this place, as a subquery.
pub fn roles_of<V: Scope>(view: &V, user: UserId) -> SelectStatement {
    let rows = Entity::here(view).filter(Column::UserId.eq(user));
    rows.select_only().column(Column::RoleId).into_query()
}

/// Assigns roles and answers how many are new; who has one already keeps it.
pub async fn assign<V: Scope>(tx: &Tx<V>, user: UserId, roles: &[RoleId]) -> Result<u64, DbErr> {
    let rows = roles.iter().map(|role| ActiveModel {
        organization_id: Set(tx.organization().unwrap_or(OrganizationId::PLATFORM)),
        user_id: Set(user),
        role_id: Set(*role),
        created_at: Set(tx.view().now()),
    });
    let kept = OnConflict::new().do_nothing().to_owned();
    Entity::insert_many(rows).on_conflict(kept).exec_without_returning(tx).await
}

/// Takes roles away and answers how many there were.
pub async fn unassign<V: Scope>(tx: &Tx<V>, user: UserId, roles: &[RoleId]) -> Result<u64, DbErr> {
    let theirs = Entity::remove_here(tx)
        .filter(Column::UserId.eq(user))
        .filter(Column::RoleId.is_in(roles.iter().copied()));
    Ok(theirs.exec(tx).await?.rows_affected)
}

/// Removes the assignments of up to `most` members of an organization, and answers how many.
pub async fn erase(tx: &OrgTx, most: u64) -> Result<u64, DbErr> {
    let some = Entity::here(&**tx).select_only().column(Column::UserId).distinct().limit(most);
    let some: Vec<UserId> = some.into_tuple().all(tx).await?;
    let gone = Entity::remove_here(tx).filter(Column::UserId.is_in(some)).exec(tx).await?;
    Ok(gone.rows_affected)
}
