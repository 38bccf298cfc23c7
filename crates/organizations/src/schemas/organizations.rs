//! Organizations, as clients send and see them.

use audit_log::Audited;
use chrono::{DateTime, Utc};
use kernel::{OrganizationId, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::{models::organization::Organization, name::valid_name, slug::valid_slug};

/// An organization to make.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrganizationIn {
    /// What people call it; no word of it mixes scripts.
    #[validate(length(min = 1, max = 200), custom(function = "valid_name"))]
    #[schema(min_length = 1, max_length = 200, example = "Acme, Inc.")]
    pub name: String,
    /// What it is called in addresses; without it one is made of the name.
    #[validate(custom(function = "valid_slug"))]
    #[schema(
        min_length = 3,
        max_length = 48,
        pattern = "^[a-z0-9]+(-[a-z0-9]+)*$",
        example = "acme"
    )]
    pub slug: Option<String>,
}

/// What one may change of an organization.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganizationIn {
    /// What people call it; no word of it mixes scripts.
    #[validate(length(min = 1, max = 200), custom(function = "valid_name"))]
    #[schema(min_length = 1, max_length = 200, example = "Acme, Inc.")]
    pub name: String,
    /// What it is called in addresses; no other may look like it.
    #[validate(custom(function = "valid_slug"))]
    #[schema(
        min_length = 3,
        max_length = 48,
        pattern = "^[a-z0-9]+(-[a-z0-9]+)*$",
        example = "acme"
    )]
    pub slug: String,
}

/// An organization.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrganizationOut {
    /// Its id.
    pub id: OrganizationId,
    /// What people call it.
    pub name: String,
    /// What it is called in addresses.
    pub slug: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// How often it has changed; its `ETag`.
    pub version: i64,
}

/// An organization one belongs to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MyOrganizationOut {
    /// The organization.
    #[serde(flatten)]
    pub organization: OrganizationOut,
    /// The keys of one's own roles there.
    pub roles: Vec<String>,
    /// When it was deleted.
    #[schema(required = true)]
    pub deleted_at: Option<DateTime<Utc>>,
    /// Until when it can be restored, where it is deleted; then it is erased.
    #[schema(required = true)]
    pub erase_at: Option<DateTime<Utc>>,
}

/// Which of one's organizations.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct OrganizationFilter {
    /// `true` for those that were deleted and that you may still restore.
    pub deleted: Option<bool>,
}

/// What the audit log keeps of an organization.
#[derive(Serialize)]
pub struct Recorded {
    name: String,
    slug: String,
    deleted: bool,
}

impl Audited for Recorded {}

impl From<&Organization> for Recorded {
    fn from(organization: &Organization) -> Self {
        Self {
            name: organization.name.clone(),
            slug: organization.slug.clone(),
            deleted: organization.deleted_at.is_some(),
        }
    }
}

impl From<&Organization> for OrganizationIn {
    fn from(organization: &Organization) -> Self {
        Self { name: organization.name.clone(), slug: organization.slug.clone() }
    }
}

impl From<Organization> for OrganizationOut {
    fn from(organization: Organization) -> Self {
        let Organization { id, name, slug, version, created_at, updated_at, .. } = organization;
        Self { id, name, slug, created_at, updated_at, version }
    }
}

impl Versioned for OrganizationOut {
    fn version(&self) -> i64 {
        self.version
    }
}
