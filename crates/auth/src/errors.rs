use kernel::{Fault, Invalid, Kind, Refusal};
use sea_orm::DbErr;

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
    /// The password is none that we take.
    #[error("The password {1}.")]
    Password(&'static str, String),
    /// The address is none that mail can be sent to.
    #[error("The address is none that mail can be sent to.")]
    Email,
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
            Self::Password(code, message) => {
                Kind::Invalid(vec![Invalid::new("/password", code, message)])
            }
            Self::Email => {
                Kind::Invalid(vec![Invalid::new("/email", "email", "must be a mail address")])
            }
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
