//! What tells how the system is doing.
#![recursion_limit = "256"]
#![expect(clippy::unwrap_used, reason = "what helps a test may end it")]

mod api;
mod metrics;

use kernel::{
    Env, Feature, Job, JobContext, Problem,
    testing::{Answer, App},
};
use sea_orm::{ConnectionTrait, DbErr};
use serde::{Deserialize, Serialize};

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

async fn app() -> App {
    app_in(&[]).await
}

/// The feature in this environment.
async fn app_in(pairs: &[(&str, &str)]) -> App {
    let env = Env::of(pairs.iter().copied());
    let app = App::of(vec![system::feature(&env), Feature::new("test").job::<Failing>()]).await;
    env.check().unwrap();
    app
}

async fn ready(app: &App) -> Answer {
    app.stranger().get("//readyz").await
}

async fn enqueue(app: &App) {
    let door = app.database.system();
    door.run(async |tx| tx.enqueue(&Failing {})).await.unwrap();
}

/// Does this to the database, past every feature.
async fn tamper(app: &App, sql: &str) {
    let door = app.database.system();
    let done: Result<_, DbErr> = door.run(async |tx| tx.execute_unprepared(sql).await).await;
    done.unwrap();
}
