use kernel::{Fault, Invalid, Kind, Refusal};
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
    /// A time that has passed already.
    #[error("The time has passed already.")]
    Past,
    /// Nobody disables or deletes their own account among the others: the one they could not undo, the
    /// other has a way of its own.
    #[error("Nobody does this to their own account.")]
    OwnAccount,
    /// The ground, or a feature above, refuses.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The audit log refuses.
    #[error(transparent)]
    AuditLog(#[from] audit_log::Error),
    /// The settings refuse.
    #[error(transparent)]
    Settings(#[from] settings::Error),
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
            Self::Past => {
                Kind::Invalid(vec![Invalid::new("/until", "past", "must be in the future")])
            }
            Self::Refused(refusal) => refusal.kind(),
            Self::AuditLog(error) => error.kind(),
            Self::Settings(error) => error.kind(),
            Self::Db(error) => error.kind(),
        }
    }
}
