//! Connections by thread: an answer of the database wakes the thread that asked, and no other.

use std::{
    sync::{Arc, atomic::AtomicU64},
    thread::available_parallelism,
};

use sea_orm::{ConnectOptions, Database, DatabaseConnection, DbBackend, DbErr, RuntimeErr};
use sqlx::Error;

use super::{DatabaseConfig, Pools, executor::Source, line::Line, loader::Loaders, options::Share};

/// How often a database that does not answer in time is tried at start.
const TRIES: usize = 8;

/// Connections that are used together, by one thread where there are enough of them.
pub(super) struct Lane {
    pub readers: DatabaseConnection,
    /// The readers, as every view has them.
    pub reading: Arc<Source>,
    pub writer: Arc<Line>,
    pub loaders: Loaders,
}

/// Every connection: those for everybody, and those of threads that serve.
pub(super) struct Lanes {
    pub common: Arc<Lane>,
    own: Vec<Arc<Lane>>,
}

impl Lanes {
    /// Opens the common connections; the others are opened where and when they are first used, for
    /// the thread that opens a connection is the one that hears from it.
    pub async fn open(config: &DatabaseConfig, statements: &Arc<AtomicU64>) -> Result<Self, DbErr> {
        let threads = available_parallelism().map_or(1, std::num::NonZero::get);
        let shares = config.shares(threads);
        let line = |pool, connections| Line::new(pool, connections, config.patience(), statements);
        let writers = shares.common.writers;
        let writer = line(patiently(config.writing(writers)).await?, writers);
        let readers = patiently(config.reading(shares.common.readers)).await?;
        let common = Arc::new(Lane::new(readers, Arc::clone(&writer), shares.common));
        let mut own = Vec::new();
        for share in shares.own {
            let readers = later(config.reading(share.readers)).await?;
            let writer = if writer.is_sqlite() {
                Arc::clone(&writer) // there is one, for all
            } else {
                line(later(config.writing(share.writers)).await?, share.writers)
            };
            own.push(Arc::new(Lane::new(readers, writer, share)));
        }
        Ok(Self { common, own })
    }

    /// The connections for a thread that serves: its own while there are some that nobody has.
    pub fn claim(&self) -> Arc<Lane> {
        let free = self.own.iter().find(|lane| Arc::strong_count(lane) == 1);
        Arc::clone(free.unwrap_or(&self.common))
    }

    pub fn pools(&self) -> Pools {
        let lines = if self.common.writer.is_sqlite() { 1 } else { usize::MAX };
        let lines = || self.each().map(|lane| &lane.writer).take(lines);
        let writers = lines().map(|line| line.pool());
        let pools = self.each().map(|lane| &lane.readers).chain(writers).map(count);
        let waiting = lines().map(|line| line.waiting()).sum();
        pools.fold(Pools { open: 0, idle: 0, waiting }, |all, one| Pools {
            open: all.open + one.open,
            idle: all.idle + one.idle,
            waiting,
        })
    }

    pub async fn close(&self) -> Result<(), DbErr> {
        for lane in self.each() {
            lane.readers.clone().close().await?;
        }
        for lane in self.each() {
            lane.writer.pool().clone().close().await?;
        }
        Ok(())
    }

    fn each(&self) -> impl Iterator<Item = &Lane> {
        std::iter::once(&self.common).chain(&self.own).map(|lane| &**lane)
    }
}

impl Lane {
    fn new(readers: DatabaseConnection, writer: Arc<Line>, share: Share) -> Self {
        let loaders = Loaders::new(readers.get_database_backend(), share.readers);
        let reading = Arc::new(Source::Pool(readers.clone()));
        Self { readers, reading, writer, loaders }
    }
}

/// A request waits for a connection as long as one try takes; a start may wait for a busy database.
async fn patiently(options: ConnectOptions) -> Result<DatabaseConnection, DbErr> {
    for _ in 1..TRIES {
        match Database::connect(options.clone()).await {
            Err(DbErr::Conn(RuntimeErr::SqlxError(error)))
                if matches!(*error, Error::PoolTimedOut) => {}
            opened => return opened,
        }
    }
    Database::connect(options).await
}

async fn later(mut options: ConnectOptions) -> Result<DatabaseConnection, DbErr> {
    options.connect_lazy(true).min_connections(0);
    Database::connect(options).await
}

fn count(connection: &DatabaseConnection) -> Pools {
    if connection.get_database_backend() == DbBackend::Sqlite {
        let pool = connection.get_sqlite_connection_pool();
        Pools { open: pool.size(), idle: pool.num_idle(), waiting: 0 }
    } else {
        let pool = connection.get_postgres_connection_pool();
        Pools { open: pool.size(), idle: pool.num_idle(), waiting: 0 }
    }
}
