//! Two processes on one database: each job runs once, each periodic job fires once.

use std::{collections::BTreeSet, time::Duration};

use futures_util::future::join_all;
use kernel::{Db, Job, JobContext, Problem};
use kernel::{Feature, House, db::Registry, house::Built, jobs::Worker, testing::TestDatabase};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};

use crate::jobs::{Log, Note};

#[derive(Default, Serialize, Deserialize)]
struct Hourly {}

impl Job for Hourly {
    const KIND: &'static str = "replicas.hourly";

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        context.door().view().of::<Log>().write("hourly");
        Ok(())
    }
}

/// A process with these jobs, on a database that others may have open too.
pub async fn process(database: &TestDatabase, feature: Feature) -> Built {
    let house = House::of(vec![feature]).await.unwrap_or_else(|error| unreachable!("{error}"));
    let open = async |registry: Registry| Ok::<Db, DbErr>(database.again(registry).await);
    house.build(open).await.unwrap()
}

pub fn worker(built: &Built) -> Worker {
    Worker::new(built.ground.db().clone(), built.jobs.clone())
}

fn feature(log: &Log) -> Feature {
    Feature::new("jobs").state(log.clone()).job::<Note>().every::<Hourly>(Duration::from_hours(1))
}

/// G11 in small.
#[actix_web::test]
async fn two_workers_run_each_of_several_hundred_jobs_once() {
    let (database, log) = (TestDatabase::new().await, Log::default());
    let (one, two) =
        (process(&database, feature(&log)).await, process(&database, feature(&log)).await);
    database
        .system()
        .run(async |tx| (0..300).try_for_each(|n| tx.enqueue(&Note(format!("job {n}")))))
        .await
        .unwrap();

    let workers = [worker(&one), worker(&two), worker(&one), worker(&two)];
    let ran = join_all(workers.iter().map(Worker::run_due)).await;
    let ran: Vec<usize> = ran.into_iter().map(Result::unwrap).collect();
    let lines: Vec<_> = log.lines().into_iter().filter(|it| it.starts_with("job")).collect();
    assert_eq!((lines.len(), lines.iter().collect::<BTreeSet<_>>().len()), (300, 300));
    assert!(ran.iter().all(|ran| *ran > 0), "the work was shared: {ran:?}");
}

#[actix_web::test]
async fn a_periodic_job_fires_once_across_replicas() {
    let (database, log) = (TestDatabase::new().await, Log::default());
    let (one, two) =
        (process(&database, feature(&log)).await, process(&database, feature(&log)).await);
    for fired in 1..=3 {
        let workers = [worker(&one), worker(&two), worker(&one), worker(&two)];
        let ran = join_all(workers.iter().map(Worker::run_due)).await;
        assert!(ran.iter().all(Result::is_ok), "{ran:?}");
        assert_eq!(log.lines().len(), fired);
        database.clock.advance(chrono::TimeDelta::hours(1));
    }
}
