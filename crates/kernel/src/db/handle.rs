//! The database: readers that cannot write, a writer, and what every unit of work needs to know.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement};
use tokio::sync::{Notify, watch};

use super::{
    DatabaseConfig, Door, OrgView, Registry, SQLITE_OLDEST, Scope, SystemView, View,
    executor::Source,
    invalidation::Invalidations,
    lane::{Lane, Lanes},
    line::Company,
};
use crate::{
    access::{Caller, Origin, Permissions},
    clock::Clock,
    id::OrganizationId,
    keyring::Keyring,
};

/// The database and what stands around it; cheap to clone.
#[derive(Clone)]
pub struct Db {
    pub(super) lane: Arc<Lane>,
    pub(super) company: Company,
    pub(super) shared: Arc<Shared>,
}

pub(super) struct Shared {
    lanes: Lanes,
    pub clock: Arc<dyn Clock>,
    pub keyring: Keyring,
    pub registry: Registry,
    pub invalidations: Invalidations,
    pub jobs_due: Notify,
    pub duties: watch::Sender<()>,
    pub statements: Arc<AtomicU64>,
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
    /// Units of work that wait for one to write.
    pub waiting: usize,
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
        let statements = Arc::default();
        let lanes = Box::pin(Lanes::open(config, &statements)).await?;
        if lanes.common.writer.is_sqlite() {
            check_library(lanes.common.writer.pool()).await?;
        }
        let lane = Arc::clone(&lanes.common);
        let shared = Arc::new(Shared {
            lanes,
            clock,
            keyring,
            registry,
            invalidations: Invalidations::default(),
            jobs_due: Notify::new(),
            duties: watch::Sender::new(()),
            statements,
        });
        Ok(Self { lane, company: Company::Joins, shared })
    }

    /// The same database for a thread that serves: it has connections of its own where there are
    /// enough, so that no query waits for another thread to wake up.
    pub(crate) fn settle(&self) -> Self {
        Self { lane: self.shared.lanes.claim(), ..self.clone() }
    }

    /// The same database for work that may be long: it is done by itself, so that nobody waits for it
    /// who is done.
    pub(crate) fn apart(&self) -> Self {
        Self { company: Company::Alone, ..self.clone() }
    }

    /// Closes every connection.
    pub async fn close(&self) -> Result<(), DbErr> {
        self.shared.lanes.close().await
    }

    /// The door for `asker` on the platform.
    pub fn platform(&self, asker: impl Into<Arc<Asker>>) -> Door<View> {
        self.door(self.read(asker))
    }

    /// The door for `asker` inside `organization`.
    pub fn inside(&self, organization: OrganizationId, asker: Asker) -> Door<OrgView> {
        let permissions = Permissions::default();
        self.door(OrgView { view: self.read(asker), organization, permissions })
    }

    /// The door of Groundwork itself.
    pub fn system(&self) -> Door<View> {
        let caller = Some(Caller::system(self.clock().micros()));
        self.platform(Asker { caller, ..Asker::default() })
    }

    /// What the features hold.
    pub fn registry(&self) -> &Registry {
        &self.shared.registry
    }

    /// The clock.
    pub fn clock(&self) -> &dyn Clock {
        &*self.shared.clock
    }

    /// The root secrets.
    pub fn keyring(&self) -> &Keyring {
        &self.shared.keyring
    }

    /// How many statements were sent so far, BEGIN and COMMIT among them.
    pub fn statements(&self) -> u64 {
        self.shared.statements.load(Ordering::Relaxed)
    }

    /// How the pools stand.
    pub fn pools(&self) -> Pools {
        self.shared.lanes.pools()
    }

    /// Wakes the worker: there may be jobs.
    pub(crate) fn jobs_due(&self) -> &Notify {
        &self.shared.jobs_due
    }

    /// Wakes the duties: one may be due.
    pub(crate) fn duties(&self) -> &watch::Sender<()> {
        &self.shared.duties
    }

    /// What reads across organizations; jobs are lent it, nobody else.
    pub(crate) fn everywhere(&self) -> SystemView {
        let caller = Some(Caller::system(self.clock().micros()));
        SystemView(self.read(Asker { caller, ..Asker::default() }))
    }

    pub(super) fn count(&self) {
        self.shared.statements.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn door<V: Scope>(&self, place: V) -> Door<V> {
        Door { db: self.clone(), place, fence: None }
    }

    pub(crate) fn read(&self, asker: impl Into<Arc<Asker>>) -> View {
        self.view(Arc::clone(&self.lane.reading), asker.into())
    }

    /// A view whose statements go to the writer, each committed on its own: for what kernel itself
    /// writes in one statement.
    pub(crate) fn write_through(&self) -> View {
        self.view(Arc::new(Source::Pool(self.lane.writer.pool().clone())), Arc::default())
    }

    pub(super) fn view(&self, source: Arc<Source>, asker: Arc<Asker>) -> View {
        View { source, asker, now: self.clock().micros(), db: self.clone() }
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
