//! How fast the queue is emptied of jobs that do nothing: claimed, run and noted as done.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use kernel::{
    Db, Feature, House, Job, JobContext, Keyring, Problem, SystemClock, db::DatabaseConfig,
    jobs::Worker,
};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use crate::{load::FULL, table::Row};

/// How many are queued at a time.
const BATCH: usize = 1000;

#[derive(Serialize, Deserialize)]
struct Nothing {}

impl Job for Nothing {
    const KIND: &'static str = "bench.nothing";

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        context.door().view().of::<Done>().0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// How many have run.
struct Done(AtomicUsize);

pub fn rows(postgres: Option<&str>, length: Duration) -> Vec<Row> {
    let (jobs, times) = if length < FULL { (4 * BATCH, 1) } else { (20 * BATCH, 3) };
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", folder.path().join("jobs.db").display());
    let (url, database) = postgres.map_or((file.as_str(), "SQLite"), |url| (url, "PostgreSQL"));
    let rates: Vec<f64> =
        (0..times).map(|_| actix_web::rt::System::new().block_on(emptied(url, jobs))).collect();
    vec![Row::alone(&format!("no-op jobs, {database}, a second (at least)"), &rates, 500.0)]
}

/// Jobs a second, from the start of a worker to the end of the last job.
async fn emptied(url: &str, jobs: usize) -> f64 {
    migration::up(url).await.unwrap();
    let keyring = Keyring::parse(&Keyring::generate()).unwrap();
    let config = DatabaseConfig { url: url.to_owned(), pool: 8 };
    let done = Feature::new("bench").state(Done(AtomicUsize::new(0))).job::<Nothing>();
    let house = House::of(vec![done]).await.unwrap_or_else(|error| panic!("{error}"));
    let open = async |registry| Db::open(&config, Arc::new(SystemClock), keyring, registry).await;
    let built = house.build(open).await.unwrap();
    let db = built.ground.db().clone();
    for _ in 0..jobs / BATCH {
        let queued: Result<(), DbErr> =
            db.system().run(async |tx| (0..BATCH).try_for_each(|_| tx.enqueue(&Nothing {}))).await;
        queued.unwrap();
    }

    let begun = Instant::now();
    let worker = Worker::new(db.clone(), built.jobs.clone()).start();
    while db.registry().state::<Done>().0.load(Ordering::Relaxed) < jobs {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let rate = f64::from(u32::try_from(jobs).unwrap()) / begun.elapsed().as_secs_f64();
    worker.stop().await;
    db.close().await.unwrap();
    rate
}
