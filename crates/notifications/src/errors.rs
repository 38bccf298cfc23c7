use kernel::{Fault, Kind, Refusal};
use sea_orm::DbErr;

/// What can go wrong with notifications.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No feature declares such a mail.
    #[error("nobody declares the mail {0}")]
    UnknownMail(String),
    /// A mail cannot be written.
    #[error("the mail cannot be rendered: {0}")]
    Template(#[from] minijinja::Error),
    /// A mail cannot be put together.
    #[error("the mail cannot be composed: {0}")]
    Message(#[from] lettre::error::Error),
    /// The recipient's address is none.
    #[error("the recipient's address is none")]
    Address,
    /// The mail server did not take it.
    #[error("the mail server did not take it: {0}")]
    Smtp(#[from] lettre::transport::smtp::Error),
    /// The folder of mails cannot be written to.
    #[error("the folder of mails cannot be written to: {0}")]
    File(#[from] lettre::transport::file::Error),
    /// There is none of this id in the caller's inbox.
    #[error("there is no such notification")]
    NotFound,
    /// The ground refused.
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
            Self::Refused(refusal) => refusal.kind(),
            Self::Db(error) => error.kind(),
            _ => Kind::Internal,
        }
    }
}
