//! The checks; and looking after the queue.

pub mod jobs;
pub mod progress;
pub mod purge;

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Db, Door, Env, View, jobs as queue};
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, ExprTrait,
    sea_query::{Asterisk, Expr, Query},
};
use tokio::time::timeout;

use crate::{
    HealthOut, InfoOut,
    metrics::{Access, recorder},
    schemas::CheckOut,
};

/// How long the database may take to answer a probe, which does not wait for ever either.
const PATIENCE: Duration = Duration::from_millis(1500);

/// What this feature holds while the server runs.
pub struct System {
    pub(crate) metrics: Access,
    draining: AtomicBool,
    started_at: OnceLock<DateTime<Utc>>,
}

impl System {
    pub(crate) fn read(env: &Env) -> Self {
        recorder(); // counts from here on
        Self {
            metrics: Access::read(env),
            draining: AtomicBool::new(false),
            started_at: OnceLock::new(),
        }
    }
}

/// Notes when this process began to serve.
pub async fn begin(door: &Door<View>) -> Result<(), DbErr> {
    let view = door.view();
    view.of::<System>().started_at.get_or_init(|| view.now());
    Ok(())
}

/// Says from now on that this process wants no more requests.
pub fn drain(db: &Db) {
    db.registry().state::<System>().draining.store(true, Ordering::Relaxed);
}

/// How long entries of the audit log may wait for their seals before it is told.
const SEALED_WITHIN: TimeDelta = TimeDelta::seconds(30);

/// Whether requests can be served: the database answers, its schema is ours, the queue can be read.
/// Entries that wait long for their seals are told of, and keep nobody from being served.
pub async fn readiness(view: &View) -> HealthOut {
    let draining = view.of::<System>().draining.load(Ordering::Relaxed);
    let migrated = timeout(PATIENCE, migrated(view)).await.ok().and_then(Result::ok);
    let database = migrated.is_some();
    let queue = database && timeout(PATIENCE, queue::can_be_read(view)).await.unwrap_or(false);
    let checks = [
        ("accepting", !draining),
        ("database", database),
        ("migrations", migrated.unwrap_or(false)),
        ("queue", queue),
    ];
    let word = |good| if good { "ok" } else { "unavailable" };
    let status = word(checks.iter().all(|(_, good)| *good));
    let mut checks = Vec::from(checks.map(|(name, good)| CheckOut { name, status: word(good) }));
    // Who asks waits for an absent database once.
    let asked = async { if queue { audit_log::lag(view).await.ok() } else { None } };
    let lag = timeout(PATIENCE, asked).await.ok().flatten();
    let sealed = if lag.is_some_and(|lag| lag <= SEALED_WITHIN) { "ok" } else { "late" };
    checks.push(CheckOut { name: "audit_log", status: sealed });
    HealthOut { status, checks }
}

/// What is running here.
pub async fn info(view: &View) -> Result<InfoOut, DbErr> {
    let depth = queue::depth(view).await?;
    let database = match view.get_database_backend() {
        DbBackend::Sqlite => "sqlite",
        _ => "postgresql",
    };
    Ok(InfoOut {
        version: env!("CARGO_PKG_VERSION"),
        features: view.features().to_vec(),
        database,
        started_at: *view.of::<System>().started_at.get_or_init(|| view.now()),
        jobs_waiting: depth.waiting,
        jobs_dead: depth.dead,
    })
}

async fn migrated(view: &View) -> Result<bool, DbErr> {
    let mut taken = Query::select();
    taken.expr(Expr::col(Asterisk).count()).from("seaql_migrations");
    let row = view.query_one(&taken).await?;
    let taken: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
    Ok(usize::try_from(taken).is_ok_and(|taken| taken >= migration::steps()))
}
