//! Questions about one's own permissions, and the answers.

use kernel::OrganizationId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Questions.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChecksIn {
    /// What is asked, one by one.
    #[validate(length(min = 1, max = 100), nested)]
    #[schema(min_items = 1, max_items = 100)]
    pub checks: Vec<CheckIn>,
}

/// A question: may I do this?
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckIn {
    /// The permission's key.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "members:write")]
    pub permission: String,
    /// Where; on the platform where it is left out.
    pub organization_id: Option<OrganizationId>,
}

/// The answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChecksOut {
    /// One for each question, in their order.
    pub results: Vec<CheckOut>,
}

/// An answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CheckOut {
    /// Whether one may.
    pub allowed: bool,
    /// The keys of one's roles that allow it.
    pub via: Vec<String>,
}
