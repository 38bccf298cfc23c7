//! The database: readers that cannot write, a writer, and what every unit of work needs to know.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, Statement};
use tokio::sync::Notify;

use super::{
    DatabaseConfig, Door, OrgView, Registry, SQLITE_OLDEST, Scope, SystemView, View,
    executor::Source, invalidation::Invalidations,
};
use crate::{
    access::{Caller, Origin},
    clock::Clock,
    id::OrganizationId,
    keyring::Keyring,
};

/// The database and what stands around it; cheap to clone.
#[derive(Clone)]
pub struct Db(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub readers: DatabaseConnection,
    pub writer: DatabaseConnection,
    pub clock: Arc<dyn Clock>,
    pub keyring: Keyring,
    pub registry: Registry,
    pub invalidations: Invalidations,
    pub jobs_due: Notify,
    pub statements: AtomicU64,
}

/// Who asks, from where, and which version of a row they mean to change.
#[derive(Clone, Debug, Default)]
pub struct Asker {
    /// Who; `None` is a stranger.
    pub caller: Option<Caller>,
    /// From where.
    pub origin: Origin,
    /// The versions that `If-Match` names; `None` where it is absent or `*`.
    pub expected: Option<Vec<i64>>,
}

/// How the pools stand, for metrics.
#[derive(Clone, Copy, Debug)]
pub struct Pools {
    /// Connections that are open.
    pub open: u32,
    /// Connections that nobody uses right now.
    pub idle: usize,
}

impl Db {
    /// Opens the database; it must have been migrated, and SQLite's library must be new enough.
    pub async fn open(
        config: &DatabaseConfig,
        clock: Arc<dyn Clock>,
        keyring: Keyring,
        registry: Registry,
    ) -> Result<Self, DbErr> {
        if config.is_in_memory() {
            return Err(DbErr::Custom(
                "SQLite needs a file, for it is opened more than once".into(),
            ));
        }
        let writer = Database::connect(config.writing()).await?;
        if writer.get_database_backend() == DbBackend::Sqlite {
            check_library(&writer).await?;
        }
        let readers = Database::connect(config.reading()).await?;
        Ok(Self(Arc::new(Inner {
            readers,
            writer,
            clock,
            keyring,
            registry,
            invalidations: Invalidations::default(),
            jobs_due: Notify::new(),
            statements: AtomicU64::new(0),
        })))
    }

    /// Closes every connection.
    pub async fn close(&self) -> Result<(), DbErr> {
        self.0.readers.clone().close().await?;
        self.0.writer.clone().close().await
    }

    /// The door for `asker` on the platform.
    pub fn platform(&self, asker: Asker) -> Door<View> {
        self.door(self.read(asker))
    }

    /// The door for `asker` inside `organization`.
    pub fn inside(&self, organization: OrganizationId, asker: Asker) -> Door<OrgView> {
        self.door(OrgView { view: self.read(asker), organization })
    }

    /// The door of Groundwork itself.
    pub fn system(&self) -> Door<View> {
        let caller = Some(Caller::system(self.clock().micros()));
        self.platform(Asker { caller, ..Asker::default() })
    }

    /// What the features hold.
    pub fn registry(&self) -> &Registry {
        &self.0.registry
    }

    /// The clock.
    pub fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    /// The root secrets.
    pub fn keyring(&self) -> &Keyring {
        &self.0.keyring
    }

    /// How many statements were sent so far, BEGIN and COMMIT among them.
    pub fn statements(&self) -> u64 {
        self.0.statements.load(Ordering::Relaxed)
    }

    /// How the pools stand.
    pub fn pools(&self) -> Pools {
        let pool = |connection: &DatabaseConnection| {
            if connection.get_database_backend() == DbBackend::Sqlite {
                let pool = connection.get_sqlite_connection_pool();
                (pool.size(), pool.num_idle())
            } else {
                let pool = connection.get_postgres_connection_pool();
                (pool.size(), pool.num_idle())
            }
        };
        let ((readers, resting), (writers, waiting)) =
            (pool(&self.0.readers), pool(&self.0.writer));
        Pools { open: readers + writers, idle: resting + waiting }
    }

    /// Wakes the worker: there may be jobs.
    pub(crate) fn jobs_due(&self) -> &Notify {
        &self.0.jobs_due
    }

    /// What reads across organizations; jobs are lent it, nobody else.
    pub(crate) fn everywhere(&self) -> SystemView {
        let caller = Some(Caller::system(self.clock().micros()));
        SystemView(self.read(Asker { caller, ..Asker::default() }))
    }

    pub(crate) fn door<V: Scope>(&self, place: V) -> Door<V> {
        Door { db: self.clone(), place }
    }

    pub(crate) fn read(&self, asker: Asker) -> View {
        self.view(Source::Pool(self.0.readers.clone()), Arc::new(asker))
    }

    /// A view whose statements go to the writer, each committed on its own: for what kernel itself
    /// writes in one statement.
    pub(crate) fn write_through(&self) -> View {
        self.view(Source::Pool(self.0.writer.clone()), Arc::default())
    }

    pub(super) fn view(&self, source: Source, asker: Arc<Asker>) -> View {
        View { source: Arc::new(source), asker, now: self.clock().micros(), db: self.clone() }
    }
}

async fn check_library(connection: &DatabaseConnection) -> Result<(), DbErr> {
    let ask = Statement::from_sql_and_values(DbBackend::Sqlite, "select sqlite_version()", []);
    let row = connection.query_one_raw(ask).await?.ok_or(DbErr::RecordNotInserted)?;
    let version: String = row.try_get_by_index(0)?;
    let numbers: Vec<u32> = version.split('.').filter_map(|part| part.parse().ok()).collect();
    if numbers.as_slice() < SQLITE_OLDEST.as_slice() {
        let [major, minor, patch] = SQLITE_OLDEST;
        let oldest = format!("{major}.{minor}.{patch}");
        return Err(DbErr::Custom(format!("SQLite {version} is older than {oldest}")));
    }
    Ok(())
}
