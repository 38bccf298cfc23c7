//! What crosses the wire, and what the audit log keeps.

use audit_log::Audited;
use chrono::{DateTime, Utc};
use kernel::{Grantable, Rank, Scope, Versioned, View};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use crate::{
    Role, RoleId,
    system::{ADMINISTRATOR, OF_ORGANIZATION, allowed},
};

/// Where something counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// On the platform.
    Platform,
    /// In an organization.
    Organization,
}

/// Which permissions.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PermissionFilter {
    /// Those that count there.
    #[param(inline)]
    pub scope: Option<Place>,
}

/// Something that a role may allow.
#[derive(Debug, Serialize, ToSchema)]
pub struct PermissionOut {
    /// Its name, `feature:verb`. A name may be there in both scopes: those are two permissions.
    #[schema(example = "roles:read")]
    pub key: &'static str,
    /// Where it counts: `platform` or `organization`.
    #[schema(example = "organization")]
    pub scope: &'static str,
    /// What it allows.
    pub sentence: &'static str,
    /// The key of the weakest system role that holds it: `administrator` on the platform; `viewer`,
    /// `member`, `admin` or `owner` in an organization.
    #[schema(example = "viewer")]
    pub rank: &'static str,
}

/// A role to make; or, of a role, what may be changed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleIn {
    /// What programs call it. It is its own among the roles of its place, and never changes.
    #[validate(custom(function = "valid_key"))]
    #[schema(max_length = 64, pattern = "^[a-z][a-z0-9_-]{1,63}$", example = "billing")]
    pub key: String,
    /// What people call it.
    #[validate(length(min = 1, max = 100), custom(function = "users::valid_name"))]
    #[schema(min_length = 1, max_length = 100, example = "Billing")]
    pub name: String,
    /// What it is for.
    #[serde(default)]
    #[validate(length(max = 500))]
    #[schema(max_length = 500, example = "Sees invoices and pays them.")]
    pub description: String,
    /// The keys of what it allows, each once. You hold all of them yourself.
    #[validate(length(max = 256))]
    #[schema(max_items = 256, example = json!(["roles:read"]))]
    pub permissions: Vec<String>,
}

/// A role.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RoleOut {
    /// Its id.
    pub id: RoleId,
    /// What programs call it; it never changes.
    #[schema(max_length = 64)]
    pub key: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// The keys of what it allows, in alphabetical order.
    pub permissions: Vec<String>,
    /// Whether it is always there: such a role can be given, but neither changed nor removed.
    pub system: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// How often it has changed; its `ETag`.
    pub version: i64,
}

/// What the audit log keeps of a role; of one that is not there, nothing.
#[derive(Default, Serialize)]
pub struct Recorded {
    key: Option<String>,
    name: Option<String>,
    description: Option<String>,
    permissions: Option<Vec<String>>,
}

impl Audited for Recorded {}

impl From<&RoleIn> for Recorded {
    fn from(role: &RoleIn) -> Self {
        let RoleIn { key, name, description, permissions } = role.clone();
        Self {
            key: Some(key),
            name: Some(name),
            description: Some(description),
            permissions: Some(permissions),
        }
    }
}

impl RoleIn {
    /// What may be changed of a role, as it is.
    pub fn of(view: &impl Scope, role: &Role) -> Self {
        let Role { key, name, description, .. } = role.clone();
        Self { key, name, description, permissions: keys(view, role) }
    }
}

impl RoleOut {
    /// A role as clients see it.
    pub fn of(view: &impl Scope, role: Role) -> Self {
        Self {
            permissions: keys(view, &role),
            id: role.id,
            key: role.key,
            name: role.name,
            description: role.description,
            system: role.system,
            created_at: role.created_at,
            updated_at: role.updated_at,
            version: role.version,
        }
    }
}

impl From<&Grantable> for PermissionOut {
    fn from(permission: &Grantable) -> Self {
        let Grantable { key, scope, sentence, rank } = *permission;
        let rank = if scope == View::NAME { ADMINISTRATOR } else { word(rank) };
        Self { key, scope, sentence, rank }
    }
}

impl Versioned for RoleOut {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Place {
    /// The scope's name, as the catalogue has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Platform => View::NAME,
            Self::Organization => kernel::OrgView::NAME,
        }
    }
}

/// What a role allows today, in order; what no feature declares any more is not among it.
fn keys<V: Scope>(view: &V, role: &Role) -> Vec<String> {
    let allowed = allowed(view.view(), role);
    let keys = view.view().catalogue().keys(allowed, V::NAME);
    keys.into_iter().map(str::to_owned).collect()
}

fn word(rank: Rank) -> &'static str {
    OF_ORGANIZATION.iter().find(|it| it.rank == rank).map_or("owner", |it| it.key)
}

fn valid_key(key: &str) -> Result<(), ValidationError> {
    let first = key.bytes().next().is_some_and(|it| it.is_ascii_lowercase());
    let others = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || b"_-".contains(&it);
    let good = (2..=64).contains(&key.len()) && first && key.bytes().all(others);
    let message = "must be 2 to 64 of a-z, 0-9, _ and -, the first a letter";
    good.then_some(()).ok_or(ValidationError::new("key").with_message(message.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rule and the pattern in the document are one.
    #[test]
    fn a_key_is_what_its_pattern_says() {
        let (longest, long) = (format!("a{}", "0".repeat(63)), format!("a{}", "0".repeat(64)));
        for good in ["ab", "a-", "a_9", "billing-reader", longest.as_str()] {
            assert!(valid_key(good).is_ok(), "{good}");
        }
        for bad in ["", "a", "Ab", "9a", "-a", "a b", "a\n", "aé", "a.b", long.as_str()] {
            assert!(valid_key(bad).is_err(), "{bad:?}");
        }
        for system in OF_ORGANIZATION.iter().map(|it| it.key).chain([ADMINISTRATOR]) {
            assert!(valid_key(system).is_ok(), "{system}");
        }
    }

    #[test]
    fn every_rank_has_its_word() {
        let words = [Rank::Viewer, Rank::Member, Rank::Admin, Rank::Owner].map(word);
        assert_eq!(words, ["viewer", "member", "admin", "owner"]);
    }
}
