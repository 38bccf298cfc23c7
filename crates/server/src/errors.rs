use kernel::{ConfigError, Problem, db::ServingError, house::Unsound};
use sea_orm::DbErr;

/// Why the server does not start; each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The environment is not right.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The features do not fit together.
    #[error(transparent)]
    Unsound(#[from] Unsound),
    /// Another process serves this database.
    #[error(transparent)]
    Serving(#[from] ServingError),
    /// The database cannot be reached or brought up to date.
    #[error("the database cannot be used: {0}")]
    Database(#[from] DbErr),
    /// A feature cannot be prepared.
    #[error("a feature cannot be prepared: {}", .0.story())]
    Prepare(Problem),
    /// The address cannot be listened on.
    #[error("{0} cannot be listened on: {1}")]
    Listen(String, std::io::Error),
    /// The server does not answer as it should.
    #[error("the server on {0} does not live")]
    Unhealthy(String),
    /// An export cannot be trusted.
    #[error(transparent)]
    Export(audit_log::ExportError),
    /// Something of the operating system.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}
