//! What crosses the wire.

pub mod accounts;
pub mod passwords;
pub mod sessions;

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;
use validator::{Validate, ValidationError};
use zeroize::Zeroizing;

/// A password as somebody typed it: it is not printed and leaves memory when it is dropped.
#[derive(Clone, Deserialize)]
#[serde(from = "String")]
pub struct Password(Zeroizing<String>);

/// Somebody who wants an account.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterIn {
    /// Your mail address; a link is mailed to it.
    #[validate(custom(function = "users::valid_email"))]
    #[schema(format = Email, max_length = 254, example = "ada@example.com")]
    pub email: String,
    /// At least 15 characters unless the operator asks for another number; any characters will do.
    #[validate(custom(function = "not_too_long"))]
    #[schema(value_type = String, format = Password, max_length = 1024, example = "correct horse battery staple")]
    pub password: Password,
    /// What you are called.
    #[validate(length(min = 1, max = 200), custom(function = "users::valid_name"))]
    #[schema(min_length = 1, max_length = 200, example = "Ada Lovelace")]
    pub name: String,
    /// The language you read, as a BCP 47 tag; English where it is absent.
    #[validate(custom(function = "users::valid_locale"))]
    #[schema(max_length = 35, example = "en")]
    pub locale: Option<String>,
    /// The token of an invitation to this address, which proves it: you are signed in at once.
    #[validate(length(max = 4096))]
    #[schema(max_length = 4096)]
    pub invitation_token: Option<String>,
}

/// Somebody who has an account.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginIn {
    /// Your mail address.
    #[validate(length(max = 254))]
    #[schema(max_length = 254, example = "ada@example.com")]
    pub email: String,
    /// Your password.
    #[validate(custom(function = "not_too_long"))]
    #[schema(value_type = String, format = Password, max_length = 1024, example = "correct horse battery staple")]
    pub password: Password,
}

/// Proof of a mail address.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyIn {
    /// The token of the mailed link.
    #[validate(length(max = 4096))]
    #[schema(max_length = 4096)]
    pub token: String,
    /// The password that the account is to have; without it, the one that was registered with, unless
    /// more than one has registered with the address.
    #[validate(custom(function = "not_too_long"))]
    #[schema(value_type = Option<String>, format = Password, max_length = 1024, example = "correct horse battery staple")]
    pub password: Option<Password>,
}

/// A mail address whose link went astray.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailIn {
    /// The mail address.
    #[validate(length(max = 254))]
    #[schema(max_length = 254, example = "ada@example.com")]
    pub email: String,
}

/// A refresh token, to be exchanged for new ones.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshIn {
    /// The token.
    #[validate(length(max = 4096))]
    #[schema(max_length = 4096)]
    pub refresh_token: String,
}

/// What proves who you are from now on.
#[derive(Serialize, ToSchema)]
pub struct TokensOut {
    /// Send it as `Authorization: Bearer`.
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(value_type = String, example = "Bearer")]
    pub token_type: &'static str,
    /// For how many seconds the access token is good.
    pub expires_in: i64,
    /// Exchange it for new tokens at `/auth/refresh`; each is good once.
    pub refresh_token: String,
    /// For how many seconds the refresh token is good.
    pub refresh_expires_in: i64,
}

/// The keys that our tokens are signed with (RFC 7517).
#[derive(Serialize, ToSchema)]
pub struct JwksOut {
    /// The keys.
    pub keys: Vec<JwkOut>,
}

/// An Ed25519 key (RFC 8037).
#[derive(Serialize, ToSchema)]
pub struct JwkOut {
    /// Always `OKP`.
    pub kty: &'static str,
    /// Always `Ed25519`.
    pub crv: &'static str,
    /// Always `EdDSA`.
    pub alg: &'static str,
    /// Always `sig`.
    pub r#use: &'static str,
    /// Which key.
    pub kid: String,
    /// The public key, in base64url.
    pub x: String,
}

impl Password {
    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

/// In NFC, so that it matters as little from which keyboard it comes as through which door.
impl From<String> for Password {
    fn from(text: String) -> Self {
        let typed = Zeroizing::new(text);
        Self(Zeroizing::new(typed.nfc().collect()))
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// validator keeps the value beside a broken rule; of a password there is nothing to keep.
impl Serialize for Password {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_unit()
    }
}

/// How many bytes a password has at most: longer ones would make hashing a way to keep us busy
/// (ASVS 6.2.9).
pub const LONGEST: usize = 1024;

/// The rule of every member that holds a password.
pub fn not_too_long(password: &Password) -> Result<(), ValidationError> {
    let error = ValidationError::new("length").with_message("must have at most 1024 bytes".into());
    (password.text().len() <= LONGEST).then_some(()).ok_or(error)
}
