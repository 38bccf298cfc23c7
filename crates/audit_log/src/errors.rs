use kernel::{Fault, Invalid, Kind, OrganizationId, Refusal};
use sea_orm::{DbErr, SqlErr};

/// What can go wrong with the log.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing here.
    #[error("There is no such thing here.")]
    NotFound,
    /// The ground refuses.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// As much of the log is not sealed yet.
    #[error("As much of the log is not sealed yet; try again in a moment.")]
    NotSealed,
    /// What the tree was made of is no longer there.
    #[error("What this would be proved with is no longer kept.")]
    Gone,
    /// The log is being verified.
    #[error("This log is being verified; wait for its end.")]
    VerificationUnderWay,
    /// What should be a checkpoint is none.
    #[error("this is no checkpoint")]
    NoCheckpoint,
    /// A consistency proof is asked for between sizes that are none, or not in order.
    #[error("the sizes are not in order")]
    Sizes,
    /// What the sealer goes on from has been damaged.
    #[error("the audit log of organization {0} cannot be continued: its head is damaged")]
    Broken(OrganizationId),
    /// A checkpoint cannot be signed.
    #[error("a checkpoint cannot be signed: {0}")]
    Sign(String),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl Error {
    /// Whether it tells of a log that somebody has damaged, and not of the database.
    pub(crate) fn is_damage(&self) -> bool {
        let unique =
            |error: &DbErr| matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)));
        match self {
            Self::Broken(_) | Self::Gone => true,
            Self::Db(error) => unique(error),
            _ => false,
        }
    }
}

impl Fault for Error {
    fn kind(&self) -> Kind {
        match self {
            Self::NotFound => Kind::NotFound,
            Self::Refused(refusal) => refusal.kind(),
            Self::NotSealed => Kind::Conflict("not_sealed"),
            Self::Gone => Kind::Gone("no_longer_kept"),
            Self::VerificationUnderWay => Kind::Conflict("verification_under_way"),
            Self::NoCheckpoint => invalid("/checkpoint", "format", "must be a whole checkpoint"),
            Self::Sizes => invalid("from", "range", "must be from 1 to `to`"),
            Self::Broken(_) | Self::Sign(_) => Kind::Internal,
            Self::Db(error) => error.kind(),
        }
    }
}

fn invalid(place: &str, rule: &str, message: &str) -> Kind {
    Kind::Invalid(vec![Invalid::new(place, rule, message)])
}
