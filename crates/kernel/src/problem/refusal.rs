//! What the ground itself says no with.

use sea_orm::DbErr;

use super::{Fault, Invalid, Kind, Problem};

/// A refusal that a feature did not think of: the ground's own, or another feature's.
///
/// A feature's error carries it on as it is: `Refused(#[from] Refusal)`.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// There is no such row in reach.
    #[error("there is no such row in reach")]
    NotFound,
    /// The row has changed since the version that `If-Match` names.
    #[error("It has changed since the version you name.")]
    Stale,
    /// The input breaks the rules.
    #[error("The input breaks the rules.")]
    Invalid(Vec<Invalid>),
    /// The input cannot be read; the code says why.
    #[error("This cannot be read.")]
    Malformed(&'static str),
    /// Another feature, told of what is about to happen, will not have it.
    #[error("{0}")]
    Objection(Box<Problem>),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

impl Fault for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::NotFound => Kind::NotFound,
            Self::Stale => Kind::Stale,
            Self::Invalid(faults) => Kind::Invalid(faults.clone()),
            Self::Malformed(code) => Kind::Malformed(code),
            Self::Objection(problem) => problem.kind().clone(),
            Self::Db(error) => error.kind(),
        }
    }
}
