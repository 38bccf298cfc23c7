//! What crosses the wire about invitations.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use kernel::{OrganizationId, UserId, Versioned, problem::ProblemOut};
use roles::RoleId;
use serde::{Deserialize, Serialize};
use users::User;
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError};

use crate::models::{
    invitation::{Invitation, InvitationId, State},
    organization::Organization,
};

/// Somebody to invite.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationIn {
    /// Their mail address.
    #[validate(custom(function = "users::valid_email"))]
    #[schema(format = Email, max_length = 254, example = "ada@example.com")]
    pub email: String,
    /// The keys of the roles they get; none that allows more than you may.
    #[validate(length(min = 1, max = 20), custom(function = "distinct"))]
    #[schema(min_items = 1, max_items = 20, example = json!(["member"]))]
    pub roles: Vec<String>,
}

/// Many to invite.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationsIn {
    /// Each for itself: what is wrong with one does no harm to the others.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_items = 1, max_items = 100)]
    pub invitations: Vec<InvitationIn>,
}

/// The token of an invitation.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationTokenIn {
    /// The token of the mailed link.
    #[validate(length(max = 4096))]
    #[schema(max_length = 4096)]
    pub token: String,
}

/// Which invitations.
#[derive(Debug, Default, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct InvitationFilter {
    /// What has become of them.
    #[param(inline)]
    pub state: Option<State>,
}

/// An invitation as the organization sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationOut {
    /// Its id.
    pub id: InvitationId,
    /// To whom.
    #[schema(format = Email, max_length = 254)]
    pub email: String,
    /// The keys of the roles it gives.
    pub roles: Vec<String>,
    /// What has become of it.
    pub state: State,
    /// Who answers for it.
    pub invited_by: UserId,
    /// Until when it can be accepted.
    pub expires_at: DateTime<Utc>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// How often it has changed; its `ETag`.
    pub version: i64,
}

/// What became of each that was to be invited, in their order.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationsOut {
    /// One for each.
    pub results: Vec<InvitationResultOut>,
}

/// What became of one that was to be invited.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationResultOut {
    /// The status it would have had alone, such as 201.
    pub status: u16,
    /// The invitation, where one was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub id: Option<InvitationId>,
    /// Why not, where none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub problem: Option<ProblemOut>,
}

/// An invitation as the invited see it before they answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewOut {
    /// Into which organization.
    pub organization: InvitingOut,
    /// What the inviter is called.
    pub invited_by: String,
    /// For which mail address.
    #[schema(format = Email, max_length = 254)]
    pub email: String,
    /// The keys of the roles it gives.
    pub roles: Vec<String>,
    /// Until when it can be accepted.
    pub expires_at: DateTime<Utc>,
    /// Whether the address has an account: else register with the token.
    pub account_exists: bool,
}

/// An invitation that waits for the caller's answer. The token is in the mail and nowhere else.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitedOut {
    /// Its id.
    pub id: InvitationId,
    /// Into which organization.
    pub organization: Option<InvitingOut>,
    /// What the inviter is called, if they have an account still.
    pub invited_by: Option<String>,
    /// The keys of the roles it gives.
    pub roles: Vec<String>,
    /// Until when it can be accepted.
    pub expires_at: DateTime<Utc>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// An organization that invites.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitingOut {
    /// Its id.
    pub id: OrganizationId,
    /// What it is called.
    pub name: String,
    /// What it is called in addresses.
    pub slug: String,
}

/// What somebody is now.
#[derive(Debug, Serialize, ToSchema)]
pub struct JoinedOut {
    /// A member of this organization.
    pub organization: InvitingOut,
    /// With the roles of these keys.
    pub roles: Vec<String>,
}

type Keys = BTreeMap<RoleId, String>;

impl InvitationOut {
    /// As it stands now.
    pub fn of(it: &Invitation, now: DateTime<Utc>, keys: &Keys) -> Self {
        Self {
            id: it.id,
            email: it.email.clone(),
            roles: named(it, keys),
            state: it.state_at(now),
            invited_by: it.invited_by,
            expires_at: it.expires_at,
            created_at: it.created_at,
            updated_at: it.updated_at,
            version: it.version,
        }
    }
}

impl Versioned for InvitationOut {
    fn version(&self) -> i64 {
        self.version
    }
}

impl InvitationResultOut {
    /// It was made.
    pub fn made(id: InvitationId) -> Self {
        Self { status: 201, id: Some(id), problem: None }
    }

    /// It was not.
    pub fn refused(problem: ProblemOut) -> Self {
        Self { status: problem.status, id: None, problem: Some(problem) }
    }
}

impl PreviewOut {
    /// To the mail's reader.
    pub fn of(it: &Invitation, organization: &Organization, inviter: &User, keys: &Keys) -> Self {
        Self {
            organization: organization.into(),
            invited_by: inviter.name.clone(),
            email: it.email.clone(),
            roles: named(it, keys),
            expires_at: it.expires_at,
            account_exists: false,
        }
    }
}

impl InvitedOut {
    /// To who has proved the address.
    pub fn of(
        it: &Invitation,
        organization: Option<&Organization>,
        inviter: Option<&User>,
        keys: &Keys,
    ) -> Self {
        Self {
            id: it.id,
            organization: organization.map(Into::into),
            invited_by: inviter.map(|it| it.name.clone()),
            roles: named(it, keys),
            expires_at: it.expires_at,
            created_at: it.created_at,
        }
    }
}

impl JoinedOut {
    /// By this invitation.
    pub fn of(it: &Invitation, organization: &Organization, keys: &Keys) -> Self {
        Self { organization: organization.into(), roles: named(it, keys) }
    }
}

impl From<&Organization> for InvitingOut {
    fn from(it: &Organization) -> Self {
        Self { id: it.id, name: it.name.clone(), slug: it.slug.clone() }
    }
}

/// A role that is gone has no key any more.
fn named(it: &Invitation, keys: &Keys) -> Vec<String> {
    it.roles.0.iter().filter_map(|role| keys.get(role).cloned()).collect()
}

fn distinct(keys: &[String]) -> Result<(), ValidationError> {
    let mut seen = std::collections::BTreeSet::new();
    let error = ValidationError::new("repeated").with_message("must name each role once".into());
    keys.iter().all(|key| seen.insert(key)).then_some(()).ok_or(error)
}
