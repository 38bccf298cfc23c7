//! Accounts, and their addresses.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

/// Another mail address for one's account.
#[derive(Debug, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEmailIn {
    /// The mail address that you want to have; a link is mailed to it.
    #[validate(custom(function = "users::valid_email"))]
    #[schema(format = Email, max_length = 254, example = "ada@example.org")]
    pub new_email: String,
}

/// Somebody who is to have an account. They choose their password themselves.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUserIn {
    /// Their mail address; a link is mailed to it.
    #[validate(custom(function = "users::valid_email"))]
    #[schema(format = Email, max_length = 254, example = "charles@example.com")]
    pub email: String,
    /// What they are called.
    #[validate(length(min = 1, max = 200), custom(function = "users::valid_name"))]
    #[schema(min_length = 1, max_length = 200, example = "Charles Babbage")]
    pub name: String,
    /// The language they read, as a BCP 47 tag; English where it is absent.
    #[validate(custom(function = "users::valid_locale"))]
    #[schema(max_length = 35, example = "en")]
    pub locale: Option<String>,
}
