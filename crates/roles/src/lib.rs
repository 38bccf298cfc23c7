//! Roles: who may do what.
//!
//! A role is a named set of permissions, of the platform or of an organization. Some are always
//! there and their permissions are said in code; others a place makes for itself. Nobody grants what
//! they do not hold.
//!
//! # Layout
//!
//! - `router`, `schemas`: permissions, roles at their two places, and who has which on the platform
//! - `permissions`: what one may do with roles
//! - `system`: the roles that are always there
//! - `service::custom`: the roles of a place, and those it makes for itself
//! - `service::platform`: who has which role on the platform
//! - `service::assign`: who has which in an organization, for the features above
//! - `service::held`: the same together with what the roles are called and allow
//! - `service::reach`: nobody gives what they do not hold
//! - `service::known`: what roles allow, in memory; `service::export`: which roles somebody has
//! - `events`: what the features above are told
//! - `models`: rows and the queries on them

mod errors;
mod events;
mod models;
mod router;
mod schemas;
mod service;
mod system;

pub mod permissions;

pub use errors::Error;
pub use events::{Relying, Removing};
pub use models::role::{Role, RoleId};
pub use service::{
    assign::{any_owner, erase, erase_assignments, found, hold, named, set},
    held::{
        Placement, held_by, in_places, leave_organizations, owned_by, owns, peek, peek_permissions,
    },
    known::{Known, of, platform_permissions, platform_roles, union},
    platform::{make_administrator, reaches_account},
    reach::{reaches, within_reach},
};

use kernel::Feature;

/// The feature, for the server's list.
pub fn feature() -> Feature {
    let roles = service::known::Roles::default();
    Feature::new("roles")
        .cache(&roles.platform)
        .cache(&roles.known)
        .state(roles)
        .permissions(permissions::platform::PERMISSIONS)
        .permissions(permissions::organization::PERMISSIONS)
        .routes("/permissions", router::permissions::routes)
        .routes("/roles", router::platform::routes)
        .routes("/users", router::assignments::routes)
        .organization_routes("/roles", router::organization::routes)
        .exports("role_assignments", service::export::roles)
        .on(service::platform::forget)
        .on(service::platform::keep_administrator)
        .on(service::platform::keep_out)
}
