//! Members, as clients send and see them.

use audit_log::Audited;
use chrono::{DateTime, Utc};
use kernel::{UserId, Versioned};
use roles::Role;
use serde::{Deserialize, Serialize};
use users::{Status, User};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::models::membership::Membership;

/// What one may change of a member.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberIn {
    /// The keys of all their roles.
    #[validate(length(min = 1, max = 20), custom(function = "valid_keys"))]
    #[schema(min_items = 1, max_items = 20, example = json!(["member"]))]
    pub roles: Vec<String>,
}

/// To whom an organization is handed on.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferIn {
    /// A member whose account may be used.
    pub user_id: UserId,
}

/// A member.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MemberOut {
    /// Whose account it is.
    pub user_id: UserId,
    /// What they are called.
    pub name: String,
    /// Their mail address.
    #[schema(format = Email, max_length = 254)]
    pub email: String,
    /// Whether their account may be used.
    pub status: Status,
    /// The keys of their roles here.
    pub roles: Vec<String>,
    /// When they joined.
    pub created_at: DateTime<Utc>,
    /// When their roles last changed.
    pub updated_at: DateTime<Utc>,
    /// How often their roles have changed; its `ETag`.
    pub version: i64,
}

/// What the audit log keeps of a membership.
#[derive(Default, Serialize)]
pub struct Recorded {
    roles: Vec<String>,
}

impl Audited for Recorded {}

impl Recorded {
    /// A member with roles of these keys.
    pub fn with(roles: Vec<String>) -> Self {
        Self { roles }
    }
}

impl MemberOut {
    /// A member, by their membership, their account and their roles.
    pub fn of(membership: &Membership, user: User, roles: &[Role]) -> Self {
        Self {
            user_id: user.id,
            name: user.name,
            email: user.email,
            status: user.status,
            roles: keys(roles),
            created_at: membership.created_at,
            updated_at: membership.updated_at,
            version: membership.version,
        }
    }
}

impl Versioned for MemberOut {
    fn version(&self) -> i64 {
        self.version
    }
}

/// What programs call these roles.
pub fn keys(roles: &[Role]) -> Vec<String> {
    roles.iter().map(|role| role.key.clone()).collect()
}

fn valid_keys(keys: &[String]) -> Result<(), ValidationError> {
    let good = |key: &String| !key.is_empty() && key.len() <= 64;
    let fault = ValidationError::new("roles").with_message("must be keys of roles".into());
    keys.iter().all(good).then_some(()).ok_or(fault)
}
