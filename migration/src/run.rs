//! Running the steps: one process at a time, all or nothing.

use std::time::Duration;

use sea_orm_migration::{
    MigrationStatus,
    prelude::*,
    sea_orm::{
        ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend,
        SqliteTransactionMode, TransactionOptions, TransactionTrait,
    },
};

use crate::Migrator;

/// The advisory lock of PostgreSQL that migrating processes wait for; any number of its own.
pub(crate) const LOCK: &str = "7236208147";

/// A step, and whether the database has taken it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// Whether it has been taken.
    pub applied: bool,
}

/// Takes every step that the database lacks; others who want to wait, and then find nothing to do.
pub async fn up(url: &str) -> Result<(), DbErr> {
    let connection = connect(url).await?;
    // Another process may be taking steps right now, so this is asked again under the lock.
    if !pending(&connection).await {
        return connection.close().await;
    }
    locked(&connection, Way::Up).await?;
    connection.close().await
}

/// Takes back the last `steps`.
pub async fn down(url: &str, steps: u32) -> Result<(), DbErr> {
    let connection = connect(url).await?;
    locked(&connection, Way::Down(steps)).await?;
    connection.close().await
}

/// Every step, in order.
pub async fn status(url: &str) -> Result<Vec<Step>, DbErr> {
    let connection = connect(url).await?;
    let steps = Migrator::get_migration_with_status_read_only(&connection).await?;
    connection.close().await?;
    let applied = |step: &sea_orm_migration::Migration| step.status() == MigrationStatus::Applied;
    Ok(steps.iter().map(|it| Step { name: it.name().to_owned(), applied: applied(it) }).collect())
}

#[derive(Clone, Copy)]
enum Way {
    Up,
    Down(u32),
}

async fn locked(connection: &DatabaseConnection, way: Way) -> Result<(), DbErr> {
    if connection.get_database_backend() == DbBackend::Sqlite {
        // One transaction for all steps: SQLite's writers wait for one another at its BEGIN.
        let mode = Some(SqliteTransactionMode::Exclusive);
        let options = TransactionOptions { sqlite_transaction_mode: mode, ..Default::default() };
        let transaction = connection.begin_with_options(options).await?;
        take(&transaction, way).await?;
        return transaction.commit().await;
    }
    // The lock belongs to the session, and this pool has one.
    connection.execute_unprepared(&format!("select pg_advisory_lock({LOCK})")).await?;
    let taken = take(connection, way).await;
    connection.execute_unprepared(&format!("select pg_advisory_unlock({LOCK})")).await?;
    taken
}

async fn take<'c>(on: impl IntoSchemaManagerConnection<'c>, way: Way) -> Result<(), DbErr> {
    match way {
        Way::Up => Migrator::up(on, None).await,
        Way::Down(steps) => Migrator::down(on, Some(steps)).await,
    }
}

async fn pending(connection: &DatabaseConnection) -> bool {
    let pending = Migrator::get_pending_migrations_read_only(connection).await;
    pending.map_or(true, |pending| !pending.is_empty())
}

pub(crate) async fn connect(url: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false).acquire_timeout(Duration::from_secs(10));
    options
        .map_sqlx_sqlite_opts(|it| it.create_if_missing(true).busy_timeout(Duration::from_mins(1)));
    Database::connect(options).await
}
