//! What one process at a time does for all: it passes on when its holder vanishes, and no two write.

use std::{pin::pin, sync::Arc, time::Duration};

use chrono::TimeDelta;
use kernel::{
    Duty, Feature, Problem, SystemView, Watch, house::Built, jobs::Pass, testing::TestDatabase,
};
use sea_orm::ConnectionTrait;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{
    database::number,
    replicas::{process, worker},
};

/// Where a pass says that it has begun, and waits to be let go.
#[derive(Clone)]
struct Gate(Arc<(Semaphore, Semaphore)>);

impl Gate {
    fn new() -> Self {
        Self(Arc::new((Semaphore::new(0), Semaphore::new(0))))
    }

    async fn begun(&self) {
        self.0.0.acquire().await.map(SemaphorePermit::forget).unwrap();
    }

    fn let_go(&self, passes: usize) {
        self.0.1.add_permits(passes);
    }
}

/// Counts down what is left, one a pass.
struct CountDown;

impl Duty for CountDown {
    const NAME: &'static str = "duties.count_down";
    const PAUSE: Duration = Duration::from_millis(1);

    async fn is_due(view: &SystemView) -> Result<bool, Problem> {
        Ok(number(view, "select min(n) from left_over").await > 0)
    }

    async fn perform(watch: &Watch) -> Result<Pass, Problem> {
        let view = watch.everywhere();
        let (begun, let_go) = &*view.of::<Gate>().0;
        let left = number(&view, "select min(n) from left_over").await;
        begun.add_permits(1);
        let_go.acquire().await.map(SemaphorePermit::forget).unwrap();
        let write = format!("update left_over set n = {}", left - 1);
        watch.run(async |tx| tx.execute_unprepared(&write).await).await?;
        Ok(Pass::More)
    }
}

async fn standing(database: &TestDatabase, gate: &Gate) -> Built {
    process(database, Feature::new("duties").state(gate.clone()).duty::<CountDown>()).await
}

async fn set(database: &TestDatabase, sql: &str) {
    let door = database.system();
    door.run(async |tx| {
        tx.wake_duties();
        tx.execute_unprepared(sql).await
    })
    .await
    .unwrap();
}

async fn left(database: &TestDatabase) -> i64 {
    number(database.system().view(), "select min(n) from left_over").await
}

#[actix_web::test]
async fn a_duty_is_done_until_nothing_is_due() {
    let (database, gate) = (TestDatabase::new().await, Gate::new());
    set(&database, "create table left_over as select cast(3 as bigint) as n").await;
    let built = standing(&database, &gate).await;
    gate.let_go(3);
    assert_eq!(worker(&built).run_duties().await.unwrap(), 3);
    assert_eq!(left(&database).await, 0);
    assert_eq!(worker(&built).run_duties().await.unwrap(), 0);
}

/// The fence: who was thought dead comes back, and writes nothing over what another has done since.
#[actix_web::test]
async fn who_has_lost_a_duty_writes_nothing_any_more() {
    let (database, gate, other_gate) = (TestDatabase::new().await, Gate::new(), Gate::new());
    set(&database, "create table left_over as select cast(5 as bigint) as n").await;
    let (one, two) = (standing(&database, &gate).await, standing(&database, &other_gate).await);
    let (slow, other) = (worker(&one), worker(&two));

    let mut first = pin!(slow.run_duties());
    tokio::select! { _ = &mut first => unreachable!(), () = gate.begun() => {} }
    other_gate.let_go(9);
    assert_eq!(other.run_duties().await.unwrap(), 0, "the lease holds");
    database.clock.advance(TimeDelta::seconds(6));
    assert_eq!(other.run_duties().await.unwrap(), 5, "it has lapsed");
    gate.let_go(1);
    assert!(first.await.is_err());
    assert_eq!(left(&database).await, 0, "not 4 again");
}

/// A worker does its duties without being told, and another may at once when it has ended.
#[actix_web::test]
async fn a_running_worker_hears_of_duties_and_hands_them_back() {
    let (database, gate) = (TestDatabase::new().await, Gate::new());
    set(&database, "create table left_over as select cast(0 as bigint) as n").await;
    let built = standing(&database, &gate).await;
    let working = worker(&built).start();
    set(&database, "update left_over set n = 1").await;
    gate.begun().await;
    gate.let_go(1);
    working.stop().await;
    assert_eq!(left(&database).await, 0, "what was under way was ended");

    set(&database, "update left_over set n = 1").await;
    gate.let_go(1);
    assert_eq!(worker(&built).run_duties().await.unwrap(), 1, "at once");
}
