use kernel::{Fault, Kind, Refusal};
use sea_orm::DbErr;

/// What can go wrong with accounts.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such account, or not any more.
    #[error("there is no such account")]
    NotFound,
    /// The address is another account's.
    #[error("Another account has this address.")]
    EmailTaken,
    /// Nobody disables their own account: they could not undo it.
    #[error("Nobody disables their own account.")]
    OwnAccount,
    /// The ground, or a feature above, refuses.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::NotFound => Kind::NotFound,
            Self::EmailTaken => Kind::Conflict("email_taken"),
            Self::OwnAccount => Kind::Conflict("own_account"),
            Self::Refused(refusal) => refusal.kind(),
            Self::Db(error) => error.kind(),
        }
    }
}
