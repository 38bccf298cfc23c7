use kernel::{Fault, Kind, Refusal, keyring::Unopenable};
use sea_orm::DbErr;

/// What can go wrong with settings.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no setting of this key that may be set at this place.
    #[error("there is no such setting here")]
    NotFound,
    /// A value above is locked.
    #[error("This is locked above and cannot be set here.")]
    Locked,
    /// A flag is not evaluated.
    #[error(transparent)]
    Flag(#[from] FlagFault),
    /// A secret was sealed under a key that is gone.
    #[error("a secret cannot be opened: {0}")]
    Sealed(#[from] Unopenable),
    /// The ground refuses.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// Why a flag is not evaluated, as OpenFeature tells it.
#[derive(Clone, Copy, Debug, thiserror::Error)]
pub enum FlagFault {
    /// The question is not JSON.
    #[error("The body is not JSON.")]
    Unreadable,
    /// The question has a context that is none.
    #[error("The context must be an object, and its targetingKey text of at most 1024 characters.")]
    BadContext,
    /// There is no flag of this key.
    #[error("There is no such flag.")]
    NotFound,
}

impl FlagFault {
    /// The code that OpenFeature gives it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "PARSE_ERROR",
            Self::BadContext => "INVALID_CONTEXT",
            Self::NotFound => "FLAG_NOT_FOUND",
        }
    }
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::NotFound | Self::Flag(FlagFault::NotFound) => Kind::NotFound,
            Self::Locked => Kind::Conflict("setting_locked"),
            Self::Flag(fault) => Kind::Malformed(fault.code()),
            Self::Sealed(_) => Kind::Internal,
            Self::Refused(refusal) => refusal.kind(),
            Self::Db(error) => error.kind(),
        }
    }
}
