use kernel::{Fault, Invalid, Kind, Refusal};
use sea_orm::DbErr;

use crate::password::rules::Weak;

/// What can go wrong with proving who one is.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such account, or another password.
    #[error("The address or the password is wrong.")]
    InvalidCredentials,
    /// The right password of an account whose address nobody has proved yet.
    #[error("Confirm your mail address first: open the link that was mailed to you.")]
    EmailNotVerified,
    /// The right password of an account that an administrator has disabled.
    #[error("This account is disabled.")]
    AccountDisabled,
    /// The token is none of ours, or its session is over.
    #[error("The token is not good; sign in again.")]
    InvalidToken,
    /// A refresh token that has long been exchanged: somebody has a copy.
    #[error("This token has been used before. The session is ended; sign in again.")]
    RefreshTokenReused,
    /// A mailed link that is used, expired or withdrawn.
    #[error("This link has been used, has expired or was replaced by a newer one.")]
    LinkExpired,
    /// The invited address has an account already.
    #[error("This address has an account: sign in and accept the invitation there.")]
    AccountExists,
    /// Another password than the account's, from somebody who is signed in to it.
    #[error("The password is wrong.")]
    WrongPassword,
    /// A link that brings no password of its own.
    #[error("Choose a password: more than one has registered with this address.")]
    PasswordNeeded,
    /// The password is none that we take.
    #[error("The password {}.", .0.message)]
    Password(Weak),
    /// The password that is to take the old one's place is none that we take.
    #[error("The new password {}.", .0.message)]
    NewPassword(Weak),
    /// The address is none that mail can be sent to.
    #[error("The address is none that mail can be sent to.")]
    Email,
    /// The address that is to take the old one's place is none that mail can be sent to.
    #[error("The new address is none that mail can be sent to.")]
    NewEmail,
    /// There is no such thing, or it is another's.
    #[error("there is no such thing")]
    NotFound,
    /// Too many passwords are being hashed right now.
    #[error("too many passwords are being hashed")]
    Busy,
    /// A password cannot be hashed, or a stored hash not be read.
    #[error("hashing failed: {0}")]
    Hash(String),
    /// A token cannot be signed.
    #[error("signing failed: {0}")]
    Sign(String),
    /// The organizations refuse.
    #[error(transparent)]
    Organizations(#[from] organizations::Error),
    /// The accounts refuse.
    #[error(transparent)]
    Users(#[from] users::Error),
    /// The roles refuse.
    #[error(transparent)]
    Roles(#[from] roles::Error),
    /// The ground refuses.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::InvalidCredentials => Kind::Unauthenticated("invalid_credentials"),
            Self::EmailNotVerified => Kind::Forbidden("email_not_verified"),
            Self::AccountDisabled => Kind::Forbidden("account_disabled"),
            Self::InvalidToken => Kind::Unauthenticated("invalid_token"),
            Self::RefreshTokenReused => Kind::Unauthenticated("refresh_token_reused"),
            Self::LinkExpired => Kind::Gone("link_expired"),
            Self::AccountExists => Kind::Conflict("account_exists"),
            Self::WrongPassword => Kind::Forbidden("wrong_password"),
            Self::PasswordNeeded => invalid("/password", "required", "is missing"),
            Self::Password(weak) => invalid("/password", weak.code, &weak.message),
            Self::NewPassword(weak) => invalid("/new_password", weak.code, &weak.message),
            Self::Email => invalid("/email", "email", "must be a mail address"),
            Self::NewEmail => invalid("/new_email", "email", "must be a mail address"),
            Self::NotFound => Kind::NotFound,
            Self::Busy => Kind::Unavailable(1),
            Self::Hash(_) | Self::Sign(_) => Kind::Internal,
            Self::Organizations(error) => error.kind(),
            Self::Users(error) => error.kind(),
            Self::Roles(error) => error.kind(),
            Self::Refused(refusal) => refusal.kind(),
            Self::Db(error) => error.kind(),
        }
    }
}

fn invalid(pointer: &str, code: &str, message: &str) -> Kind {
    Kind::Invalid(vec![Invalid::new(pointer, code, message)])
}

impl From<Weak> for Error {
    fn from(weak: Weak) -> Self {
        Self::Password(weak)
    }
}
