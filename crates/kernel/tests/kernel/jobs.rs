//! Jobs: queued with the row that caused them, tried until they succeed or are dead, sealed at rest.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::TimeDelta;
use kernel::{Feature, Job, JobContext, Kind, Problem, jobs::depth, testing::App};
use sea_orm::{ConnectionTrait, DbErr, Statement};
use serde::{Deserialize, Serialize};

use crate::database::number;

/// What ran, in order; a feature holds it.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub fn write(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }

    pub fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

/// Writes its line, or fails, or panics, as the line says.
#[derive(Serialize, Deserialize)]
pub struct Note(pub String);

impl Job for Note {
    const KIND: &'static str = "jobs.note";
    const ATTEMPTS: u16 = 3;

    #[expect(clippy::panic, reason = "that is what it is for")]
    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let door = context.door();
        door.view().of::<Log>().write(format!("{} {}", self.0, context.attempt()));
        match self.0.as_str() {
            "fails" => Err(Problem::new(Kind::Internal, "no such luck\0 today")),
            "panics" => panic!("a job's mistake"),
            _ => Ok(()),
        }
    }
}

/// Only one of a key waits at a time.
#[derive(Serialize, Deserialize)]
struct Refresh(String);

impl Job for Refresh {
    const KIND: &'static str = "jobs.refresh";

    fn unique_key(&self) -> String {
        self.0.clone()
    }

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        context.door().view().of::<Log>().write(self.0);
        Ok(())
    }
}

#[derive(Default, Serialize, Deserialize)]
struct Tick {}

impl Job for Tick {
    const KIND: &'static str = "jobs.tick";

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        context.door().view().of::<Log>().write("tick");
        Ok(())
    }
}

async fn app() -> (App, Log) {
    let log = Log::default();
    let jobs = Feature::new("jobs").state(log.clone()).job::<Note>().job::<Refresh>();
    let app = App::of(vec![jobs]).await;
    app.run_jobs().await; // kernel's own, which are due at the first start
    (app, log)
}

async fn queue(app: &App, job: &impl Job) {
    app.database.system().run(async |tx| tx.enqueue(job)).await.unwrap();
}

async fn waiting(app: &App) -> i64 {
    depth(app.database.system().view()).await.unwrap().waiting
}

#[actix_web::test]
async fn a_job_is_queued_with_its_transaction_and_gone_with_it() {
    let (app, log) = app().await;
    let door = app.database.system();
    let failed = door.run(async |tx| {
        tx.enqueue(&Note("never".into()))?;
        Err::<(), _>(DbErr::Custom("later".into()))
    });
    failed.await.unwrap_err();
    let before = app.database.statements();
    door.run(async |tx| {
        ["one", "two", "three"].iter().try_for_each(|it| tx.enqueue(&Note((*it).into())))
    })
    .await
    .unwrap();
    assert_eq!(app.database.statements() - before, 3, "BEGIN, all jobs, COMMIT");
    assert_eq!(log.lines().len(), 0);

    assert_eq!(app.run_jobs().await, 3);
    assert_eq!(
        log.lines(),
        ["one 1", "two 1", "three 1"],
        "in the order in which they were queued"
    );
    assert_eq!((app.run_jobs().await, waiting(&app).await), (0, 0));
}

#[actix_web::test]
async fn a_job_that_fails_is_tried_again_with_growing_pauses_until_it_is_dead() {
    let (app, log) = app().await;
    queue(&app, &Note("fails".into())).await;
    assert_eq!(app.run_jobs().await, 1);

    for (too_early, late_enough) in [(3_900, 2_200), (7_900, 4_200)] {
        app.database.clock.advance(TimeDelta::milliseconds(too_early));
        assert_eq!(app.run_jobs().await, 0, "5 s, then 10 s, each a fifth more or less");
        app.database.clock.advance(TimeDelta::milliseconds(late_enough));
        assert_eq!(app.run_jobs().await, 1);
    }
    app.database.clock.advance(TimeDelta::days(1));
    app.run_jobs().await;
    assert_eq!(log.lines(), ["fails 1", "fails 2", "fails 3"]);

    let view = app.database.system();
    let depth = depth(view.view()).await.unwrap();
    assert_eq!((depth.dead, depth.waiting), (1, 0));
    let sql =
        "select count(*) from jobs where state = 'dead' and last_error like '%no such luck today%'";
    assert_eq!(number(view.view(), sql).await, 1, "it says why");
}

/// A25: the worker outlives what it runs.
#[actix_web::test]
async fn a_job_that_panics_has_failed_and_the_next_one_runs() {
    let (app, log) = app().await;
    queue(&app, &Note("panics".into())).await;
    queue(&app, &Note("next".into())).await;
    assert_eq!(app.run_jobs().await, 2);
    assert_eq!(log.lines(), ["panics 1", "next 1"]);
    for _ in 0..2 {
        app.database.clock.advance(TimeDelta::hours(1));
        app.run_jobs().await;
    }
    assert_eq!(depth(app.database.system().view()).await.unwrap().dead, 1);
}

/// A25: a job that ends its process never says that it failed; it is dead in the end all the same.
#[actix_web::test]
async fn a_job_whose_workers_vanish_is_dead_in_the_end() {
    let (app, log) = app().await;
    queue(&app, &Note("vanishes".into())).await;
    let gone = "update jobs set state = 'running', attempts = attempts + 1, lease_until = run_at";
    for _ in 0..3 {
        let door = app.database.system();
        door.run(async |tx| tx.execute_unprepared(gone).await).await.unwrap();
    }
    app.database.clock.advance(TimeDelta::minutes(1));
    app.run_jobs().await;
    assert_eq!(log.lines().len(), 0);
    assert_eq!(depth(app.database.system().view()).await.unwrap().dead, 1);
}

#[actix_web::test]
async fn of_one_key_only_one_job_waits() {
    let (app, log) = app().await;
    for key in ["a", "a", "b", "a"] {
        queue(&app, &Refresh(key.into())).await;
    }
    let door = app.database.system();
    door.run(async |tx| {
        ["b", "c", "c"].iter().try_for_each(|it| tx.enqueue(&Refresh((*it).into())))
    })
    .await
    .unwrap();
    app.run_jobs().await;
    let mut lines = log.lines();
    lines.sort();
    assert_eq!(lines, ["a", "b", "c"]);
    queue(&app, &Refresh("a".into())).await;
    assert_eq!(app.run_jobs().await, 1, "once it is done, another may wait");
}

#[actix_web::test]
async fn two_who_queue_the_same_keys_do_not_hold_each_other_up() {
    let (app, _) = app().await;
    let keys: Vec<String> = (0..20).map(|n| format!("key {n}")).collect();
    let (door, database) = (app.database.system(), &app.database);
    let forward =
        door.run(async |tx| keys.iter().try_for_each(|it| tx.enqueue(&Refresh(it.clone()))));
    let other = database.again(kernel::db::Registry::default()).await.system();
    let backward =
        other.run(async |tx| keys.iter().rev().try_for_each(|it| tx.enqueue(&Refresh(it.clone()))));
    let (one, two) = tokio::join!(forward, backward);
    one.and(two).unwrap();
    assert_eq!(waiting(&app).await, 20);
}

/// ASVS 11.3.3, 14.2.x: payloads hold addresses and links; the table holds neither.
#[actix_web::test]
async fn a_payload_is_sealed_at_rest() {
    let (app, log) = app().await;
    let secret = "a canary that sings";
    queue(&app, &Note(secret.into())).await;
    let view = app.database.system();
    let sql = Statement::from_sql_and_values(
        view.view().get_database_backend(),
        "select payload, kind, unique_key from jobs",
        [],
    );
    let row = view.view().query_one_raw(sql).await.unwrap().unwrap();
    let payload: Vec<u8> = row.try_get_by_index(0).unwrap();
    assert!(!payload.windows(6).any(|it| it == b"canary"));

    if let Some(file) = app.database.config.file() {
        let wal = format!("{}-wal", file.display());
        for file in [file, wal.into()] {
            let bytes = std::fs::read(file).unwrap();
            assert!(!bytes.windows(secret.len()).any(|it| it == secret.as_bytes()));
        }
    }
    app.run_jobs().await;
    assert_eq!(log.lines(), [format!("{secret} 1")]);
}

/// What was sealed for one row opens in no other.
#[actix_web::test]
async fn a_payload_that_was_moved_to_another_job_does_not_run() {
    let (app, log) = app().await;
    queue(&app, &Note("one".into())).await;
    queue(&app, &Note("two".into())).await;
    let swap = "update jobs set payload = (select payload from jobs order by id limit 1)";
    app.database.system().run(async |tx| tx.execute_unprepared(swap).await).await.unwrap();
    app.run_jobs().await;
    assert_eq!(log.lines(), ["one 1"]);
}

#[actix_web::test]
async fn one_tenants_many_jobs_do_not_hold_up_anothers_one() {
    let (app, log) = app().await;
    let tenants = [app.member(&[]), app.member(&[]), app.member(&[])];
    for (tenant, (name, many)) in tenants.iter().zip([("a", 50), ("b", 1), ("c", 50)]) {
        let door = tenant.door();
        door.run(async |tx| (0..many).try_for_each(|_| tx.enqueue(&Note(name.into()))))
            .await
            .unwrap();
    }
    assert_eq!(app.run_jobs().await, 101);
    let first = log.lines().iter().position(|line| line == "b 1").unwrap();
    assert!(first < 3, "b's only job ran as number {first}");
}

/// A job of the future, or of another release, waits for who can run it.
#[actix_web::test]
async fn a_kind_that_nobody_here_runs_is_left_alone() {
    let (app, _) = app().await;
    queue(&app, &Tick {}).await;
    assert_eq!((app.run_jobs().await, waiting(&app).await), (0, 1));
}

#[actix_web::test]
async fn a_periodic_job_runs_at_every_multiple_of_its_interval() {
    let log = Log::default();
    let jobs = Feature::new("jobs").state(log.clone()).every::<Tick>(Duration::from_mins(10));
    let app = App::of(vec![jobs]).await;
    for _ in 0..3 {
        app.run_jobs().await;
    }
    assert_eq!(log.lines().len(), 1);
    app.database.clock.advance(TimeDelta::seconds(599));
    app.run_jobs().await;
    assert_eq!(log.lines().len(), 1);
    app.database.clock.advance(TimeDelta::seconds(1));
    app.run_jobs().await;
    assert_eq!(log.lines().len(), 2);
    app.database.clock.advance(TimeDelta::days(1));
    app.run_jobs().await;
    assert_eq!(log.lines().len(), 3, "what was missed is not made up for");
}
