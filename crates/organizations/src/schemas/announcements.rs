//! What an organization says to its members.

use audit_log::Audited;
use kernel::UserId;
use serde::{Deserialize, Serialize};
use users::valid_name;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

/// What is to be said, and to whom.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnouncementIn {
    /// The ids of members, or `members` for all of them.
    #[validate(custom(function = "valid_recipients"))]
    #[schema(inline)]
    pub recipients: Recipients,
    /// A topic that organizations may use.
    #[validate(length(min = 1, max = 64))]
    #[schema(min_length = 1, max_length = 64, example = "organizations.announced")]
    pub topic: String,
    /// What it says, in a line.
    #[validate(length(min = 1, max = 200), custom(function = "valid_name"))]
    #[schema(min_length = 1, max_length = 200, example = "The office is closed on Friday")]
    pub title: String,
    /// What else it says.
    #[serde(default)]
    #[validate(length(max = 4000))]
    #[schema(max_length = 4000)]
    pub body: String,
    /// Nobody gets it twice under one key in 180 days, however often it is sent.
    #[validate(length(min = 1, max = 150))]
    #[schema(min_length = 1, max_length = 150, example = "closed-2026-11-27")]
    pub dedupe_key: Option<String>,
}

/// To whom something is said.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Recipients {
    /// To these members, up to 1,000.
    These(Vec<UserId>),
    /// To all members.
    All(Everyone),
}

/// All of an organization.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Everyone {
    /// Its members.
    Members,
}

/// What the audit log keeps of it: not its words.
#[derive(Serialize)]
pub struct Recorded {
    topic: String,
    /// How many were named; `None` are all members.
    recipients: Option<usize>,
    dedupe_key: Option<String>,
}

impl Audited for Recorded {}

impl From<&AnnouncementIn> for Recorded {
    fn from(new: &AnnouncementIn) -> Self {
        let recipients = match &new.recipients {
            Recipients::These(users) => Some(users.len()),
            Recipients::All(_) => None,
        };
        Self { topic: new.topic.clone(), recipients, dedupe_key: new.dedupe_key.clone() }
    }
}

fn valid_recipients(recipients: &Recipients) -> Result<(), ValidationError> {
    let error = ValidationError::new("recipients");
    match recipients {
        Recipients::These(users) if !(1..=1000).contains(&users.len()) => {
            Err(error.with_message("must name 1 to 1000 members".into()))
        }
        Recipients::These(_) | Recipients::All(_) => Ok(()),
    }
}
