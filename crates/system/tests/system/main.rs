//! What tells how the system is doing.
#![recursion_limit = "256"]
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "what helps a test may end it")]

mod api;
mod jobs;
mod metrics;
mod progress;

use std::sync::atomic::{AtomicBool, Ordering};

use kernel::{
    Env, Feature, Job, JobContext, Problem,
    testing::{Answer, App},
};
use sea_orm::{ConnectionTrait, DbErr};
use serde::{Deserialize, Serialize};
use tokio::sync::{Semaphore, SemaphorePermit};

/// A job that fails, once it runs.
#[derive(Serialize, Deserialize)]
struct Failing {}

impl Job for Failing {
    const KIND: &'static str = "test.failing";
    const ATTEMPTS: u16 = 1;

    async fn run(self, _: &JobContext) -> Result<(), Problem> {
        Err(kernel::Kind::Internal.into())
    }
}

/// Fails for as long as there is trouble; of one key only one waits.
#[derive(Serialize, Deserialize)]
struct Errand {
    key: String,
    what: String,
}

impl Job for Errand {
    const KIND: &'static str = "test.errand";
    const ATTEMPTS: u16 = 2;

    fn unique_key(&self) -> String {
        self.key.clone()
    }

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let door = context.door();
        if door.view().of::<Trouble>().0.load(Ordering::SeqCst) {
            return Err(Problem::new(kernel::Kind::Internal, "there is trouble"));
        }
        Ok(())
    }
}

/// Whether errands fail.
struct Trouble(AtomicBool);

fn trouble(app: &App, is: bool) {
    app.database.system().view().of::<Trouble>().0.store(is, Ordering::SeqCst);
}

/// Begins, waits to be let go, and then writes down that it is done.
#[derive(Serialize, Deserialize)]
struct Gated {}

impl Job for Gated {
    const KIND: &'static str = "test.gated";

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let door = context.door();
        let gate = door.view().of::<Gate>();
        context.progress(3, Some(7)).await?;
        gate.begun.add_permits(1);
        gate.open.acquire().await.map(SemaphorePermit::forget).unwrap();
        let written = door.run(async |tx| tx.enqueue(&Failing {})).await;
        gate.wrote.store(written.is_ok(), Ordering::SeqCst);
        Ok(written?)
    }
}

/// Where a gated job says that it has begun, waits, and says whether it could write.
struct Gate {
    begun: Semaphore,
    open: Semaphore,
    wrote: AtomicBool,
}

fn gate(app: &App) -> &Gate {
    app.ground.db().registry().state()
}

fn chores() -> Feature {
    let (begun, open) = (Semaphore::new(0), Semaphore::new(0));
    Feature::new("test")
        .state(Trouble(AtomicBool::new(false)))
        .state(Gate { begun, open, wrote: AtomicBool::new(false) })
        .job::<Failing>()
        .job::<Errand>()
        .job::<Gated>()
}

async fn app() -> App {
    app_in(&[]).await
}

/// The feature in this environment.
async fn app_in(pairs: &[(&str, &str)]) -> App {
    let env = Env::of(pairs.iter().copied());
    let app = App::of(vec![audit_log::feature(), system::feature(&env), chores()]).await;
    env.check().unwrap();
    app
}

async fn ready(app: &App) -> Answer {
    app.stranger().get("//readyz").await
}

async fn enqueue(app: &App) {
    queue(app, &Failing {}).await;
}

async fn queue(app: &App, job: &impl Job) {
    app.database.system().run(async |tx| tx.enqueue(job)).await.unwrap();
}

/// Does this to the database, past every feature.
async fn tamper(app: &App, sql: &str) {
    let door = app.database.system();
    let done: Result<_, DbErr> = door.run(async |tx| tx.execute_unprepared(sql).await).await;
    done.unwrap();
}
