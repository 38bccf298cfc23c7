//! Who has which roles, with what these are called and allow: one statement for many.

use std::collections::BTreeMap;

use kernel::{OrganizationId, Permissions, Scope, Tx, UserId, View};
use sea_orm::{DbErr, sea_query::SelectStatement};

use super::known::{Known, Roles};
use crate::{
    Role, RoleId,
    models::held::{self, Placed},
    system::{OF_ORGANIZATION, allowed},
};

pub use crate::models::held::owned_by;

/// A role that an account has in an organization.
#[derive(Clone, Debug)]
pub struct Placement {
    /// Where.
    pub organization: OrganizationId,
    /// What `places` says of it.
    pub said: bool,
    /// Which.
    pub role: RoleId,
    /// What it is called and allows.
    pub known: Known,
}

/// The roles of these members, by member; who has none is left out.
pub async fn held_by<V: Scope>(
    view: &V,
    users: &[UserId],
) -> Result<BTreeMap<UserId, Vec<Role>>, DbErr> {
    let mut roles: BTreeMap<UserId, Vec<Role>> = BTreeMap::new();
    for held in held::by_members(view, users).await? {
        roles.entry(held.holder).or_default().push(held.role);
    }
    Ok(roles)
}

/// What an account has in the organizations of `places`: a query for the `id` of each and for a truth
/// that is `said` of it. What the roles allow is in memory from then on.
pub async fn in_places(
    view: &View,
    user: UserId,
    places: SelectStatement,
) -> Result<Vec<Placement>, DbErr> {
    let cache = &view.of::<Roles>().known;
    let since = cache.moment();
    let found = held::in_places(view, user, places).await?;
    let placement = |Placed { said, role }: Placed| {
        let known = Known { permissions: allowed(view, &role), key: role.key.as_str().into() };
        cache.keep(view, role.id, Some(known.clone()), since);
        Placement { organization: role.organization_id, said, role: role.id, known }
    };
    Ok(found.into_iter().map(placement).collect())
}

/// Whether it is the role of an organization's owners.
pub fn owns(role: &Role) -> bool {
    role.system && OF_ORGANIZATION.first().is_some_and(|owner| owner.key == role.key)
}

/// An account that goes leaves its roles in every organization behind. Whoever calls it forgets what
/// it remembers of the member, in each.
pub async fn leave_organizations(tx: &Tx, user: UserId) -> Result<(), DbErr> {
    held::leave_organizations(tx, user).await
}

/// What these roles allow together, as far as it is in memory; `None` where some of it is not.
pub fn peek_permissions(view: &View, roles: &[RoleId]) -> Option<Permissions> {
    let cache = &view.of::<Roles>().known;
    roles.iter().try_fold(Permissions::default(), |all, role| {
        let allowed = cache.peek(view, role)?.map(|it| it.permissions);
        Some(all.or(allowed.unwrap_or_default()))
    })
}

/// What these roles are called and allow, as far as it is in memory; `None` where some of it is not.
pub fn peek(view: &View, roles: &[RoleId]) -> Option<Vec<Known>> {
    let cache = &view.of::<Roles>().known;
    let all: Option<Vec<_>> = roles.iter().map(|role| cache.peek(view, role)).collect();
    Some(all?.into_iter().flatten().collect())
}
