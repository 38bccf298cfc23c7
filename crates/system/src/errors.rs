use kernel::{Fault, Kind, Refusal};
use sea_orm::DbErr;

/// What can go wrong with the jobs of the queue.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such job, or not any more: one that is done is gone.
    #[error("there is no such job")]
    NotFound,
    /// A worker has it.
    #[error("It is running; cancel it first.")]
    Running,
    /// It is no longer in the queue.
    #[error("It is over.")]
    Over,
    /// Of its key, one waits or runs already.
    #[error("Another job for the same thing is waiting or running.")]
    Waiting,
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
            Self::NotFound => Kind::NotFound,
            Self::Running => Kind::Conflict("job_running"),
            Self::Over => Kind::Conflict("job_over"),
            Self::Waiting => Kind::Conflict("job_waiting"),
            Self::Refused(refusal) => refusal.kind(),
            Self::Db(error) => error.kind(),
        }
    }
}
