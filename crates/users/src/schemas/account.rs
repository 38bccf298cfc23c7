//! Accounts as administrators see them.

use chrono::{DateTime, Utc};
use kernel::{UserId, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::{Status, User};

/// What has become of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    /// It may be used.
    Active,
    /// An administrator has disabled it.
    Disabled,
    /// It was deleted, and can be restored until it is erased.
    Deleted,
}

/// Which accounts.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct UserFilter {
    /// Words of the name and the address, or beginnings of words: all of them.
    #[validate(length(min = 1, max = 200))]
    #[param(min_length = 1, max_length = 200, example = "ada lovel")]
    pub q: Option<String>,
    /// In which state; without it those that are not deleted.
    #[param(inline)]
    pub status: Option<AccountStatus>,
}

/// An account as administrators see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AccountOut {
    /// Its id.
    pub id: UserId,
    /// Its mail address, as its owner typed it.
    #[schema(format = Email, max_length = 254)]
    pub email: String,
    /// Whether its owner has proved that the mailbox is theirs.
    pub email_verified: bool,
    /// What its owner is called.
    pub name: String,
    /// The language they read, as a BCP 47 tag.
    pub locale: String,
    /// Where they live, as a name of the IANA time zone database.
    pub time_zone: String,
    /// What has become of it.
    pub status: AccountStatus,
    /// Why it was disabled.
    #[schema(required = true)]
    pub disabled_reason: Option<String>,
    /// When it may be used again by itself; `null` for never.
    #[schema(required = true)]
    pub disabled_until: Option<DateTime<Utc>>,
    /// When it was deleted.
    #[schema(required = true)]
    pub deleted_at: Option<DateTime<Utc>>,
    /// When it is erased, until when it can be restored.
    #[schema(required = true)]
    pub erase_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// How often it has changed; its `ETag`.
    pub version: i64,
}

impl From<User> for AccountOut {
    fn from(user: User) -> Self {
        let status = match user.status {
            _ if user.deleted_at.is_some() => AccountStatus::Deleted,
            Status::Active => AccountStatus::Active,
            Status::Disabled => AccountStatus::Disabled,
        };
        Self {
            id: user.id,
            email: user.email,
            email_verified: user.email_verified_at.is_some(),
            name: user.name,
            locale: user.locale,
            time_zone: user.time_zone,
            status,
            disabled_reason: user.disabled_reason,
            disabled_until: user.disabled_until,
            deleted_at: user.deleted_at,
            erase_at: user.erase_at,
            created_at: user.created_at,
            updated_at: user.updated_at,
            version: user.version,
        }
    }
}

impl Versioned for AccountOut {
    fn version(&self) -> i64 {
        self.version
    }
}
