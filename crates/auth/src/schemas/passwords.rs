//! Passwords, old and new.

use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::{Password, not_too_long};

/// Who you are, once more.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReauthenticateIn {
    /// Your password.
    #[validate(custom(function = "not_too_long"))]
    #[schema(value_type = String, format = Password, max_length = 1024, example = "correct horse battery staple")]
    pub password: Password,
}

/// A password, chosen by who has read the mail.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetPasswordIn {
    /// The token of the mailed link.
    #[validate(length(max = 4096))]
    #[schema(max_length = 4096)]
    pub token: String,
    /// The password that you want to have: at least 15 characters unless the operator asks for another
    /// number, and none that is known from leaks.
    #[validate(custom(function = "not_too_long"))]
    #[schema(value_type = String, format = Password, max_length = 1024, example = "staple battery horse correct")]
    pub new_password: Password,
}

/// A password in the place of another.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePasswordIn {
    /// The password that you have.
    #[validate(custom(function = "not_too_long"))]
    #[schema(value_type = String, format = Password, max_length = 1024, example = "correct horse battery staple")]
    pub current_password: Password,
    /// The password that you want to have: at least 15 characters unless the operator asks for another
    /// number, and none that is known from leaks.
    #[validate(custom(function = "not_too_long"))]
    #[schema(value_type = String, format = Password, max_length = 1024, example = "staple battery horse correct")]
    pub new_password: Password,
}
