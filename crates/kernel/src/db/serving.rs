//! One serving process a SQLite file.

use std::{
    fs::{File, TryLockError},
    path::PathBuf,
    time::Duration,
};

use super::DatabaseConfig;

/// How long a second server waits for the first to end, as when it is restarted.
const PATIENCE: Duration = Duration::from_secs(5);

/// The right to serve a database; given back when it is dropped.
pub struct Serving(#[expect(dead_code, reason = "it is held, not read")] Option<File>);

/// The right to serve could not be had.
#[derive(Debug, thiserror::Error)]
pub enum ServingError {
    /// Another process serves this file.
    #[error(
        "another server is running on {0}: one SQLite file is served by one process. \
         End the other, or give this one its own DATABASE_URL"
    )]
    Taken(PathBuf),
    /// The lock file cannot be made.
    #[error("{0} cannot be locked: {1}")]
    Io(PathBuf, std::io::Error),
}

impl Serving {
    /// Takes the right to serve, waiting a few seconds for who has it; on PostgreSQL any number of
    /// processes have it at once.
    pub async fn begin(config: &DatabaseConfig) -> Result<Self, ServingError> {
        let Some(database) = config.file() else { return Ok(Self(None)) };
        let path = PathBuf::from(format!("{}.lock", database.display()));
        let failed = |error| ServingError::Io(path.clone(), error);
        let file = File::create(&path).map_err(failed)?;
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self(Some(file))),
                Err(TryLockError::Error(error)) => return Err(failed(error)),
                Err(TryLockError::WouldBlock) if tokio::time::Instant::now() >= deadline => {
                    return Err(ServingError::Taken(database));
                }
                Err(TryLockError::WouldBlock) => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }
}
