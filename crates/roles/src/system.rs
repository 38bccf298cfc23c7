//! The roles that are always there: what they allow is said in code.

use kernel::{Permissions, Rank, Scope, View};

use crate::Role;

/// The key of the platform's only system role.
pub const ADMINISTRATOR: &str = "administrator";

/// A system role of an organization.
#[derive(Clone, Copy, Debug)]
pub struct SystemRole {
    pub rank: Rank,
    pub key: &'static str,
    pub name: &'static str,
    pub description: &'static str,
}

/// Those of every organization, the strongest first.
pub const OF_ORGANIZATION: [SystemRole; 4] = [
    SystemRole {
        rank: Rank::Owner,
        key: "owner",
        name: "Owner",
        description: "May do everything, also hand the organization on or delete it.",
    },
    SystemRole {
        rank: Rank::Admin,
        key: "admin",
        name: "Admin",
        description: "Manages the organization and its people.",
    },
    SystemRole {
        rank: Rank::Member,
        key: "member",
        name: "Member",
        description: "Works with what the organization has.",
    },
    SystemRole {
        rank: Rank::Viewer,
        key: "viewer",
        name: "Viewer",
        description: "Sees what the organization has.",
    },
];

/// What a role allows.
pub fn allowed(view: &View, role: &Role) -> Permissions {
    let catalogue = view.catalogue();
    let on_platform = role.organization_id == kernel::OrganizationId::PLATFORM;
    let system = OF_ORGANIZATION.iter().find(|it| it.key == role.key);
    match (role.system, on_platform, system) {
        (true, true, _) => catalogue.of_scope(View::NAME),
        (true, false, Some(system)) => catalogue.of_rank(system.rank),
        (true, false, None) => Permissions::default(),
        (false, ..) => {
            let scope = if on_platform { View::NAME } else { kernel::OrgView::NAME };
            catalogue.set(scope, role.permissions.0.iter().map(String::as_str))
        }
    }
}
