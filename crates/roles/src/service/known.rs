//! What roles allow, in memory: no query where it is known already.

use std::{sync::Arc, time::Duration};

use kernel::{
    Cache, OrganizationId, PageOf, Permissions, Refusal, Scope, Tx, UserId, View, db::PageRequest,
};
use sea_orm::DbErr;

use crate::{
    RoleId,
    models::{assignment, role},
    schemas::{PermissionFilter, PermissionOut, Place},
    system::{OF_ORGANIZATION, allowed},
};

/// What this feature holds while the server runs.
pub struct Roles {
    /// Each account's roles on the platform.
    pub platform: Cache<UserId, Arc<[RoleId]>>,
    /// What each role is called and allows.
    pub known: Cache<RoleId, Option<Known>>,
}

/// A role as every request needs it.
#[derive(Clone, Debug)]
pub struct Known {
    /// What programs call it.
    pub key: Arc<str>,
    /// What it allows.
    pub permissions: Permissions,
}

impl Known {
    /// Whether it is the role of an organization's owners, where it is an organization's.
    pub fn owns(&self) -> bool {
        OF_ORGANIZATION.first().is_some_and(|owner| *owner.key == *self.key)
    }
}

const LIFE: Duration = Duration::from_mins(10);

impl Default for Roles {
    fn default() -> Self {
        Self {
            platform: Cache::new("roles.platform", 100_000, LIFE),
            known: Cache::new("roles.known", 100_000, LIFE),
        }
    }
}

/// What an account may do on the platform.
pub async fn platform_permissions(view: &View, user: UserId) -> Result<Permissions, DbErr> {
    let roles = platform_roles(view, user).await?;
    Ok(union(&of(view, &roles).await?))
}

/// An account's roles on the platform.
pub async fn platform_roles(view: &View, user: UserId) -> Result<Arc<[RoleId]>, DbErr> {
    let load = async || {
        let platform = [OrganizationId::PLATFORM];
        let had = assignment::in_organizations(view, user, &platform).await?;
        Ok(had.into_iter().map(|it| it.role_id).collect())
    };
    view.of::<Roles>().platform.get(view, user, load).await
}

/// What these roles, which assignments name, are called and allow; those that are gone are left out.
pub async fn of(view: &View, roles: &[RoleId]) -> Result<Vec<Known>, DbErr> {
    let mut all = Vec::with_capacity(roles.len());
    for role in roles {
        let load = async || {
            let found = role::known(view, *role).await?;
            Ok::<_, DbErr>(
                found.map(|it| Known { permissions: allowed(view, &it), key: it.key.into() }),
            )
        };
        all.extend(view.of::<Roles>().known.get(view, *role, load).await?);
    }
    Ok(all)
}

/// What all of these allow together.
pub fn union(roles: &[Known]) -> Permissions {
    roles.iter().fold(Permissions::default(), |all, role| all.or(role.permissions))
}

/// Has every replica look again what a role allows.
pub fn forget(tx: &Tx<impl Scope>, role: RoleId) {
    let view = tx.view();
    tx.invalidate(&view.of::<Roles>().known, role);
}

/// A page of what roles may allow.
pub fn permissions(
    view: &View,
    page: &PageRequest,
    filter: &PermissionFilter,
) -> Result<PageOf<PermissionOut>, Refusal> {
    let scope = filter.scope.map(Place::name);
    let all = view.catalogue().all().iter();
    let wanted = all.filter(|it| scope.is_none_or(|scope| it.scope == scope));
    let items: Vec<PermissionOut> = wanted.map(PermissionOut::from).collect();
    page.of_slice(items, "key", |it| format!("{} {}", it.key, it.scope), view)
}
