//! What a worker writes after its job was taken away from it.

use std::pin::pin;

use chrono::TimeDelta;
use kernel::{Feature, Job, JobContext, Kind, Problem, jobs, testing::TestDatabase};
use sea_orm::{ConnectionTrait, DbErr};
use serde::{Deserialize, Serialize};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{
    database::{counted, counting, insert, number},
    replicas::{process, worker},
};

/// Waits where it is told to, then writes the number of its attempt.
#[derive(Serialize, Deserialize)]
struct Counting {}

impl Job for Counting {
    const KIND: &'static str = "fences.counting";
    const BACKOFF: std::time::Duration = std::time::Duration::from_mins(10);

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let door = context.door();
        let [begun, open] = door.view().of::<[Semaphore; 2]>();
        if context.attempt() == 1 {
            begun.add_permits(1);
            open.acquire().await.map(SemaphorePermit::forget).unwrap();
        }
        Ok(door.run(async |tx| insert(tx, context.attempt().into()).await).await?)
    }
}

#[derive(Serialize, Deserialize)]
struct Impatient {}

impl Job for Impatient {
    const KIND: &'static str = "fences.impatient";
    const BACKOFF: std::time::Duration = std::time::Duration::from_mins(10);

    async fn run(self, _: &JobContext) -> Result<(), Problem> {
        Err(Kind::Internal.into())
    }
}

#[derive(Serialize, Deserialize)]
struct Hopeless {}

impl Job for Hopeless {
    const KIND: &'static str = "fences.hopeless";

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        context.give_up();
        Err(Kind::Internal.into())
    }
}

async fn built(database: &TestDatabase) -> kernel::house::Built {
    let gates = [Semaphore::new(0), Semaphore::new(0)];
    let feature =
        Feature::new("fences").state(gates).job::<Counting>().job::<Impatient>().job::<Hopeless>();
    let built = process(database, feature).await;
    worker(&built).run_due().await.unwrap(); // kernel's own
    built
}

/// Whoever comes late does nothing: the effect is once, although the job ran twice.
#[actix_web::test]
async fn who_has_lost_a_job_commits_nothing_for_it() {
    let database = counting().await;
    let built = built(&database).await;
    let door = built.ground.db().system();
    door.run(async |tx| tx.enqueue(&Counting {})).await.unwrap();
    let [begun, open] = built.ground.db().registry().state::<[Semaphore; 2]>();

    let (slow, other) = (worker(&built), worker(&built));
    let mut first = pin!(slow.run_due());
    tokio::select! {
        _ = &mut first => unreachable!(),
        it = begun.acquire() => it.map(SemaphorePermit::forget).unwrap(),
    }
    database.clock.advance(TimeDelta::seconds(31));
    assert_eq!(other.run_due().await, Ok(1), "another has it now");
    open.add_permits(1);
    assert_eq!(first.await, Ok(1));

    assert_eq!(counted(&database).await, 1);
    assert_eq!(number(database.system().view(), "select n from counter").await, 2, "the second's");
    assert_eq!(number(database.system().view(), "select count(*) from jobs").await, 0);
}

#[actix_web::test]
async fn a_kind_may_wait_longer_after_its_first_failure() {
    let database = TestDatabase::new().await;
    let built = built(&database).await;
    let door = built.ground.db().system();
    door.run(async |tx| tx.enqueue(&Impatient {})).await.unwrap();
    worker(&built).run_due().await.unwrap();
    database.clock.advance(TimeDelta::minutes(7));
    assert_eq!(worker(&built).run_due().await, Ok(0));
    database.clock.advance(TimeDelta::minutes(6));
    assert_eq!(worker(&built).run_due().await, Ok(1));
}

#[actix_web::test]
async fn a_job_that_gives_up_is_dead_at_once() {
    let database = TestDatabase::new().await;
    let built = built(&database).await;
    let door = built.ground.db().system();
    door.run(async |tx| tx.enqueue(&Hopeless {})).await.unwrap();
    worker(&built).run_due().await.unwrap();
    let depth = jobs::depth(database.system().view()).await.unwrap();
    assert_eq!((depth.waiting, depth.dead), (0, 1));
}

#[actix_web::test]
async fn a_job_may_be_queued_for_later() {
    let database = TestDatabase::new().await;
    let built = built(&database).await;
    let door = built.ground.db().system();
    let later = door.view().now() + TimeDelta::minutes(5);
    door.run(async |tx| tx.enqueue_at(&Impatient {}, later)).await.unwrap();
    assert_eq!(worker(&built).run_due().await, Ok(0));
    database.clock.advance(TimeDelta::minutes(5));
    assert_eq!(worker(&built).run_due().await, Ok(1));
}

/// A running worker claims several at once, and each is run once.
#[actix_web::test]
async fn a_running_worker_does_many_jobs_and_leaves_none() {
    let database = counting().await;
    let built = built(&database).await;
    let [begun, open] = built.ground.db().registry().state::<[Semaphore; 2]>();
    let door = built.ground.db().system();
    open.add_permits(Semaphore::MAX_PERMITS / 2);
    let lift = "drop table counter";
    door.run(async |tx| tx.execute_unprepared(lift).await).await.unwrap();
    let table = "create table counter (n bigint not null)";
    door.run(async |tx| tx.execute_unprepared(table).await).await.unwrap();
    let queued = door.run(async |tx| {
        (0..100).try_for_each(|_| tx.enqueue(&Counting {}))?;
        Ok::<_, DbErr>(())
    });
    queued.await.unwrap();

    let working = worker(&built).start();
    begun.acquire_many(100).await.map(SemaphorePermit::forget).unwrap();
    working.stop().await;
    assert_eq!(counted(&database).await, 100);
    let left = jobs::depth(database.system().view()).await.unwrap();
    assert_eq!((left.waiting, left.dead), (0, 0));
}
