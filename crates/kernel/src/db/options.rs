//! How connections are opened: what each database needs to be fast, safe and never silent.

use std::{path::PathBuf, time::Duration};

use sea_orm::ConnectOptions;
use sqlx::{
    Connection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

/// The oldest SQLite library without the corruption bug of WAL resets.
pub const SQLITE_OLDEST: [u32; 3] = [3, 51, 3];

/// How long a request waits for a connection before it is told to come again (ASVS 13.2.6).
const POSTGRES_ACQUIRE: Duration = Duration::from_millis(1200);

/// SQLite has one writer for all, so waiting in line is the normal case there.
const SQLITE_ACQUIRE: Duration = Duration::from_secs(5);

/// A connection that nobody used for this long is tried before it is used: after a restart of
/// PostgreSQL every one of them is broken, and a quiet server would fail a request for each.
const POSTGRES_DOUBT: Duration = Duration::from_secs(1);

const SQLITE_DOUBT: Duration = Duration::from_secs(30);

/// After how many pages SQLite writes what was committed to its own place. Many pages are changed again
/// and again until then; and no more fit into the first block of the log's index.
const CHECKPOINT: &str = "4000";

/// How much of it the writer keeps in memory, in KiB: what a shared transaction changes should fit.
const PAGES: &str = "-16384";

/// How long one statement may run on PostgreSQL.
const STATEMENT: &str = "10s";

/// Where the database is, and how many connections it is worth.
#[derive(Clone, Debug)]
pub struct DatabaseConfig {
    /// `sqlite:FILE` or `postgres://…`.
    pub url: String,
    /// Connections in all, at least 2; on SQLite one of them is the writer.
    pub pool: u32,
}

/// How many connections go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Share {
    pub readers: u32,
    pub writers: u32,
}

/// Who gets how many connections.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Shares {
    /// Whoever has none of their own: jobs, the command line.
    pub common: Share,
    /// Each thread that serves; none where there are too few to be shared out.
    pub own: Vec<Share>,
}

impl DatabaseConfig {
    /// The SQLite file, or `None` on PostgreSQL.
    pub fn file(&self) -> Option<PathBuf> {
        let path = self.url.strip_prefix("sqlite:")?;
        let read = self.url.parse::<SqliteConnectOptions>(); // as the driver will: `%20` is a space
        Some(read.map_or_else(|_| path.into(), |options| options.get_filename().to_path_buf()))
    }

    /// Whether each connection would have a database of its own.
    pub(super) fn is_in_memory(&self) -> bool {
        self.file().is_some_and(|file| file.to_string_lossy().starts_with("file:"))
            || (self.file().is_some() && self.url.contains("mode=memory"))
    }

    /// How long a request waits for a connection before it is told to come again.
    pub(super) fn patience(&self) -> Duration {
        if self.file().is_some() { SQLITE_ACQUIRE } else { POSTGRES_ACQUIRE }
    }

    /// A quarter of the connections is for everybody, the rest is shared out among `threads`.
    pub(super) fn shares(&self, threads: usize) -> Shares {
        let threads = u32::try_from(threads).unwrap_or(u32::MAX);
        let sqlite = self.file().is_some();
        let share = |connections: u32| {
            let half = Share { readers: connections / 2, writers: connections.div_ceil(2) };
            let share = if sqlite { Share { readers: connections, writers: 1 } } else { half };
            Share { readers: share.readers.max(1), writers: share.writers.max(1) }
        };
        let all = self.pool.saturating_sub(u32::from(sqlite));
        let common = (all / 4).max(if sqlite { 1 } else { 2 });
        let each = all.saturating_sub(common) / threads;
        if each < if sqlite { 2 } else { 4 } {
            return Shares { common: share(all), own: Vec::new() };
        }
        Shares { common: share(common), own: (0..threads).map(|_| share(each)).collect() }
    }

    /// Options of connections that write.
    pub(super) fn writing(&self, connections: u32) -> ConnectOptions {
        let mut options = self.options(connections);
        options.map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(SQLITE_ACQUIRE)
                .pragma("journal_size_limit", "67108864")
                .pragma("wal_autocheckpoint", CHECKPOINT)
                .pragma("cache_size", PAGES)
                .pragma("temp_store", "memory") // where savepoints keep what they would undo
                .statement_cache_capacity(512)
        });
        // On a full disk SQLite ends a transaction by itself, and the driver, whose own ROLLBACK finds
        // none, goes on counting it: all that follows would be nested in one that nobody commits.
        options.map_sqlx_sqlite_before_acquire(|connection, _| {
            let clean = !connection.is_in_transaction();
            Box::pin(async move { Ok(clean) })
        });
        options.map_sqlx_postgres_opts(|postgres| {
            postgres.statement_cache_capacity(512).options([
                ("plan_cache_mode", "force_generic_plan"),
                ("statement_timeout", STATEMENT),
                ("idle_in_transaction_session_timeout", "60s"),
            ])
        });
        options
    }

    /// Options of connections that cannot write: the database itself refuses.
    pub(super) fn reading(&self, connections: u32) -> ConnectOptions {
        let mut options = self.options(connections);
        options.map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .busy_timeout(SQLITE_ACQUIRE)
                .pragma("query_only", "on")
                .statement_cache_capacity(512)
        });
        options.map_sqlx_postgres_opts(|postgres| {
            postgres.statement_cache_capacity(512).options([
                ("plan_cache_mode", "force_generic_plan"),
                ("statement_timeout", STATEMENT),
                ("default_transaction_read_only", "on"),
            ])
        });
        options
    }

    fn options(&self, connections: u32) -> ConnectOptions {
        let mut options = ConnectOptions::new(&self.url);
        let sqlite = self.file().is_some();
        options
            .max_connections(connections)
            .min_connections(connections)
            .acquire_timeout(self.patience())
            .idle_timeout(None::<Duration>)
            .test_before_acquire_if_idle_for(if sqlite { SQLITE_DOUBT } else { POSTGRES_DOUBT })
            .sqlx_logging(false)
            .set_application_name("groundwork");
        if sqlite {
            options.max_lifetime(None::<Duration>);
        }
        options
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(url: &str, pool: u32) -> Shares {
        DatabaseConfig { url: url.into(), pool }.shares(2)
    }

    fn sum(shares: &Shares) -> (u32, u32) {
        let all = std::iter::once(&shares.common).chain(&shares.own);
        all.fold((0, 0), |(r, w), it| (r + it.readers, w + it.writers))
    }

    #[test]
    fn connections_are_shared_out_and_none_is_added() {
        for pool in [16, 17, 32, 1000] {
            let postgres = shares("postgres://localhost/a", pool);
            let (readers, writers) = sum(&postgres);
            assert!(postgres.own.len() == 2 && readers + writers <= pool, "{postgres:?}");
            let sqlite = shares("sqlite:a.db", pool);
            assert!(sqlite.own.len() == 2 && sum(&sqlite).0 < pool, "{sqlite:?}");
        }
    }

    #[test]
    fn too_few_are_for_everybody() {
        let share = |readers, writers| Share { readers, writers };
        for (pool, few) in [(2, share(1, 1)), (4, share(2, 2)), (5, share(2, 3))] {
            let all = Shares { common: few, own: Vec::new() };
            assert_eq!(shares("postgres://localhost/a", pool), all);
        }
        assert_eq!(shares("sqlite:a.db", 4), Shares { common: share(3, 1), own: Vec::new() });
    }
}
