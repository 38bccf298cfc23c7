//! Who holds a job: one worker at a time, until it ends, vanishes or is told to stop.

use std::{pin::pin, sync::Arc};

use chrono::TimeDelta;
use kernel::{Feature, Job, JobContext, Kind, Problem, house::Built, testing::TestDatabase};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{
    database::number,
    replicas::{process, worker},
};

/// Where attempts say that they have begun, and wait to be let go.
#[derive(Clone)]
struct Gates(Arc<[(Semaphore, Semaphore); 3]>);

impl Gates {
    fn new() -> Self {
        Self(Arc::new(std::array::from_fn(|_| (Semaphore::new(0), Semaphore::new(0)))))
    }

    async fn begun(&self, attempt: usize) {
        self.0[attempt].0.acquire().await.map(SemaphorePermit::forget).unwrap();
    }

    fn let_go(&self, attempt: usize) {
        self.0[attempt].1.add_permits(1);
    }
}

/// Runs until it is let go; its first attempt may fail then.
#[derive(Serialize, Deserialize)]
struct Gated {
    fails: bool,
}

impl Job for Gated {
    const KIND: &'static str = "leases.gated";

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let (door, attempt) = (context.door(), usize::from(context.attempt()));
        let (begun, let_go) = &door.view().of::<Gates>().0[attempt];
        begun.add_permits(1);
        let_go.acquire().await.map(SemaphorePermit::forget).unwrap();
        if self.fails && attempt == 1 { Err(Kind::Internal.into()) } else { Ok(()) }
    }
}

async fn queued(database: &TestDatabase, gates: &Gates, fails: bool) -> Built {
    let feature = Feature::new("leases").state(gates.clone()).job::<Gated>();
    let built = process(database, feature).await;
    worker(&built).run_due().await.unwrap(); // kernel's own
    let door = built.ground.db().system();
    door.run(async |tx| tx.enqueue(&Gated { fails })).await.unwrap();
    built
}

async fn running(database: &TestDatabase) -> i64 {
    number(database.system().view(), "select count(*) from jobs where state = 'running'").await
}

/// The fence: a worker that was thought dead comes back and ends nothing that is another's by now.
#[actix_web::test]
async fn who_has_lost_a_job_does_not_end_it_for_who_has_it() {
    for fails in [false, true] {
        let (database, gates) = (TestDatabase::new().await, Gates::new());
        let built = queued(&database, &gates, fails).await;
        let (slow, other) = (worker(&built), worker(&built));

        let mut first = pin!(slow.run_due());
        tokio::select! { _ = &mut first => unreachable!(), () = gates.begun(1) => {} }
        assert_eq!(other.run_due().await, Ok(0), "the lease holds");
        database.clock.advance(TimeDelta::seconds(31));
        let mut second = pin!(other.run_due());
        tokio::select! { _ = &mut second => unreachable!(), () = gates.begun(2) => {} }

        gates.let_go(1);
        assert_eq!(first.await, Ok(1));
        assert_eq!(running(&database).await, 1, "the other still has it");
        gates.let_go(2);
        assert_eq!(second.await, Ok(1));
        let left = number(database.system().view(), "select count(*) from jobs").await;
        assert_eq!(left, 0);
    }
}

/// A worker runs what is queued without being told, and says goodbye in order.
#[actix_web::test]
async fn a_running_worker_hears_of_jobs_and_hands_back_what_it_cannot_end() {
    let (database, gates) = (TestDatabase::new().await, Gates::new());
    let built = queued(&database, &gates, false).await;
    let working = worker(&built).start();
    gates.begun(1).await;
    let door = built.ground.db().system();
    door.run(async |tx| tx.enqueue(&Gated { fails: false })).await.unwrap();
    gates.begun(1).await;
    gates.let_go(1);

    working.stop().await;
    let view = database.system();
    let ready = "select count(*) from jobs where state = 'ready' and attempts = 0";
    assert_eq!(number(view.view(), ready).await, 1, "one ended in time, one was handed back");
    assert_eq!(number(view.view(), "select count(*) from jobs").await, 1);

    let again = worker(&built);
    gates.let_go(1);
    assert_eq!(again.run_due().await, Ok::<usize, DbErr>(1), "it is due at once");
}
