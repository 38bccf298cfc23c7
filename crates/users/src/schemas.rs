//! What crosses the wire.

pub mod account;

use audit_log::Audited;
use chrono::{DateTime, SubsecRound, Utc};
use kernel::{UserId, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use crate::{Status, User};

/// What one may change of one's own profile.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileIn {
    /// What you are called.
    #[validate(length(min = 1, max = 200), custom(function = "valid_name"))]
    #[schema(min_length = 1, max_length = 200, example = "Ada Lovelace")]
    pub name: String,
    /// The language you read, as a BCP 47 tag.
    #[validate(custom(function = "valid_locale"))]
    #[schema(max_length = 35, pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", example = "en")]
    pub locale: String,
    /// Where you live, as a name of the IANA time zone database.
    #[validate(custom(function = "valid_time_zone"))]
    #[schema(max_length = 64, example = "Europe/Vienna")]
    pub time_zone: String,
}

/// Why an account is disabled.
#[derive(Clone, Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisableIn {
    /// Why, for those who read the audit log.
    #[validate(length(min = 1, max = 500), custom(function = "valid_name"))]
    #[schema(min_length = 1, max_length = 500, example = "Left the company")]
    pub reason: String,
    /// When it may be used again by itself; without it, when it is enabled.
    pub until: Option<DateTime<Utc>>,
}

impl DisableIn {
    /// The same in microseconds, as databases keep it.
    pub fn until(&self) -> Option<DateTime<Utc>> {
        self.until.map(|until| until.trunc_subsecs(6))
    }
}

/// It is about a person, and goes with them.
impl Audited for DisableIn {
    const PERSONAL: &[&str] = &["reason"];
}

/// An account as its owner sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UserOut {
    /// Its id.
    pub id: UserId,
    /// Its mail address, as you typed it.
    #[schema(format = Email, max_length = 254)]
    pub email: String,
    /// Whether you have proved that the mailbox is yours.
    pub email_verified: bool,
    /// What you are called.
    pub name: String,
    /// The language you read, as a BCP 47 tag.
    pub locale: String,
    /// Where you live, as a name of the IANA time zone database.
    pub time_zone: String,
    /// Whether it may be used.
    pub status: Status,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// How often it has changed; its `ETag`.
    pub version: i64,
}

/// What the audit log keeps of an account.
#[derive(Serialize)]
pub struct Recorded {
    email: String,
    email_verified: bool,
    name: String,
    locale: String,
    time_zone: String,
    status: Status,
    deleted: bool,
}

impl Audited for Recorded {
    const PERSONAL: &[&str] = &["email", "name", "locale", "time_zone"];
}

impl From<&User> for Recorded {
    fn from(user: &User) -> Self {
        Self {
            email: user.email.clone(),
            email_verified: user.email_verified_at.is_some(),
            name: user.name.clone(),
            locale: user.locale.clone(),
            time_zone: user.time_zone.clone(),
            status: user.status,
            deleted: user.deleted_at.is_some(),
        }
    }
}

impl From<&User> for ProfileIn {
    fn from(user: &User) -> Self {
        let User { name, locale, time_zone, .. } = user.clone();
        Self { name, locale, time_zone }
    }
}

impl From<User> for UserOut {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            email: user.email,
            email_verified: user.email_verified_at.is_some(),
            name: user.name,
            locale: user.locale,
            time_zone: user.time_zone,
            status: user.status,
            created_at: user.created_at,
            updated_at: user.updated_at,
            version: user.version,
        }
    }
}

impl Versioned for UserOut {
    fn version(&self) -> i64 {
        self.version
    }
}

/// The rule of every member that holds a language tag (BCP 47, without its rarer forms).
pub fn valid_locale(tag: &str) -> Result<(), ValidationError> {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    let good = tag.len() <= 35
        && (2..=3).contains(&language.len())
        && language.bytes().all(|it| it.is_ascii_alphabetic())
        && parts.all(|it| {
            (2..=8).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_alphanumeric())
        });
    let error = ValidationError::new("locale").with_message("must be a language tag".into());
    good.then_some(()).ok_or(error)
}

fn valid_time_zone(name: &str) -> Result<(), ValidationError> {
    let error = ValidationError::new("time_zone").with_message("must be an IANA time zone".into());
    name.parse::<chrono_tz::Tz>().map(|_| ()).map_err(|_| error)
}

/// The rule of every member that holds a person's name: something to read, in one line.
pub fn valid_name(name: &str) -> Result<(), ValidationError> {
    let breaks = |it: char| it.is_control() || matches!(it, '\u{2028}' | '\u{2029}');
    // Marks that hide text or turn it around: a name could pass for another with them.
    let tricks = |it: char| matches!(it, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let blank = |it: char| {
        it.is_whitespace() || matches!(it, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
    };
    let good = !name.chars().any(|it| breaks(it) || tricks(it)) && !name.chars().all(blank);
    let error =
        ValidationError::new("name").with_message("must be one line of readable text".into());
    good.then_some(()).ok_or(error)
}
