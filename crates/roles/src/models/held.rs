//! Assignments together with their roles, in one statement.

use chrono::{DateTime, Utc};
use kernel::{Claimed, OrganizationId, Scope, Tenanted, Tx, UserId, View};
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, FromQueryResult, Iterable, JoinType, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, RelationDef, Select,
    sea_query::{Expr, ExprTrait, SelectStatement},
};

use serde::Serialize;

use super::{assignment::entity as assignment, role::entity as role};
use crate::{Role, RoleId, system::OF_ORGANIZATION};

/// That somebody has a role.
#[derive(FromQueryResult)]
pub struct Held {
    pub holder: UserId,
    #[sea_orm(nested)]
    pub role: Role,
}

/// That an account has a role in an organization, of which `places` says this.
#[derive(FromQueryResult)]
pub struct Placed {
    pub said: bool,
    #[sea_orm(nested)]
    pub role: Role,
}

/// That an account has a role somewhere; on the platform, the organization is nil.
#[derive(FromQueryResult, Serialize)]
pub struct Anywhere {
    pub organization_id: OrganizationId,
    pub role_id: RoleId,
    pub role: String,
    pub created_at: DateTime<Utc>,
}

/// Up to `most` of what an account has anywhere, behind this role, in the order of the roles.
pub async fn anywhere(
    view: &View,
    user: UserId,
    after: Option<RoleId>,
    most: u64,
) -> Result<Vec<Anywhere>, DbErr> {
    use assignment::Column;
    let mut theirs = assignment::Entity::claimed(view, &user);
    if let Some(after) = after {
        theirs = theirs.filter(Column::RoleId.gt(after));
    }
    let rows =
        theirs.select_only().columns([Column::OrganizationId, Column::RoleId, Column::CreatedAt]);
    let rows = rows.column_as(role::Column::Key, "role").join(JoinType::InnerJoin, to_role());
    rows.order_by_asc(Column::RoleId).limit(most).into_model().all(view).await
}

/// What these members have, in the order in which the roles were made.
pub async fn by_members<V: Scope>(view: &V, users: &[UserId]) -> Result<Vec<Held>, DbErr> {
    let theirs = assignment::Entity::here(view);
    let theirs = theirs.filter(assignment::Column::UserId.is_in(users.iter().copied()));
    let rows = with_roles(theirs).column_as(assignment::Column::UserId, "holder");
    rows.into_model().all(view).await
}

/// What an account has in the organizations of `places`, another feature's query for their `id` and
/// for something that is `said` of each.
pub async fn in_places(
    view: &View,
    user: UserId,
    places: SelectStatement,
) -> Result<Vec<Placed>, DbErr> {
    let mut rows = with_roles(assignment::Entity::claimed(view, &user));
    let there = Expr::col(("places", "id"));
    let here = (assignment::Entity, assignment::Column::OrganizationId);
    QueryTrait::query(&mut rows)
        .join_subquery(JoinType::InnerJoin, places, "places", there.equals(here))
        .expr_as(Expr::col(("places", "said")), "said");
    rows.into_model().all(view).await
}

/// The organizations that an account owns, as a part of another feature's query.
pub fn owned_by(view: &View, user: UserId) -> SelectStatement {
    let [owner, ..] = OF_ORGANIZATION;
    let theirs = assignment::Entity::claimed(view, &user).select_only();
    let theirs =
        theirs.column(assignment::Column::OrganizationId).join(JoinType::InnerJoin, to_role());
    let theirs =
        theirs.filter(role::Column::Key.eq(owner.key)).filter(role::Column::System.eq(true));
    theirs.into_query()
}

/// Takes every role of every organization from an account.
pub async fn leave_organizations(tx: &Tx, user: UserId) -> Result<(), DbErr> {
    let theirs = assignment::Entity::remove_claimed(tx, &user);
    let inside = assignment::Column::OrganizationId.ne(OrganizationId::PLATFORM);
    theirs.filter(inside).exec(tx).await?;
    Ok(())
}

fn with_roles(assignments: Select<assignment::Entity>) -> Select<assignment::Entity> {
    let rows = assignments.select_only().columns(role::Column::iter());
    rows.join(JoinType::InnerJoin, to_role()).order_by_asc(role::Column::Id)
}

fn to_role() -> RelationDef {
    let role = assignment::Entity::belongs_to(role::Entity);
    role.from(assignment::Column::RoleId).to(role::Column::Id).into()
}
