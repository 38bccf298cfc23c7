//! Mail servers that refuse, are down, or come back (ASVS 16.5.2, A25).

use std::sync::Arc;

use chrono::TimeDelta;
use kernel::testing::App;
use serde_json::json;
use tempfile::NamedTempFile;
use tracing_subscriber::{filter::LevelFilter, util::SubscriberInitExt};

use crate::{
    BROKEN, FORGOTTEN, Waiting, app, caught, header, queue, somebody, tamper, waiting, welcome,
};

/// How often a mail is tried.
const ATTEMPTS: i32 = 30;

/// The one mail that waits.
async fn only(app: &App) -> Waiting {
    waiting(app).await.pop().unwrap()
}

/// Runs jobs until the mail is dead.
async fn exhaust(app: &App) -> Waiting {
    for _ in 0..ATTEMPTS {
        app.run_jobs().await;
        app.database.clock.advance(TimeDelta::hours(2));
    }
    only(app).await
}

#[actix_web::test]
async fn a_refused_mail_is_tried_again_after_growing_pauses() {
    let (app, catcher, user) = caught("en").await;
    catcher.refuse(true);
    welcome(&app, user).await;
    let mut longest = TimeDelta::zero();
    for attempt in 1..=6 {
        app.run_jobs().await;
        let job = only(&app).await;
        let pause = job.run_at - app.database.clock().now();
        assert_eq!((job.state.as_str(), job.attempts), ("ready", attempt));
        assert!(pause > longest && job.error.contains("451"), "{job:?}");
        longest = pause;
        app.database.clock.advance(pause - TimeDelta::milliseconds(1));
        app.run_jobs().await;
        assert_eq!(only(&app).await.attempts, attempt, "it is not tried before its time");
        app.database.clock.advance(TimeDelta::milliseconds(2));
    }
    assert!(catcher.mails().is_empty());
}

#[actix_web::test]
async fn a_refused_mail_ends_dead_with_what_the_server_said() {
    let (app, catcher, user) = caught("en").await;
    catcher.refuse(true);
    welcome(&app, user).await;
    let dead = exhaust(&app).await;
    assert_eq!((dead.state.as_str(), dead.attempts), ("dead", ATTEMPTS));
    assert!(dead.error.contains("451"), "{}", dead.error);

    catcher.refuse(false);
    app.run_jobs().await;
    assert!(catcher.mails().is_empty(), "the dead wait for somebody who looks");
}

#[actix_web::test]
async fn a_mail_is_delivered_once_when_the_server_takes_mail_again() {
    let (app, catcher, user) = caught("en").await;
    catcher.refuse(true);
    welcome(&app, user).await;
    app.run_jobs().await;
    catcher.refuse(false);
    app.database.clock.advance(TimeDelta::minutes(1));
    app.run_jobs().await;
    app.database.clock.advance(TimeDelta::hours(2));
    app.run_jobs().await;
    assert_eq!(catcher.mails().len(), 1);
    assert!(waiting(&app).await.is_empty());
}

#[actix_web::test]
async fn a_server_that_is_down_costs_nothing_but_time() {
    let vacant = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let app = app(&format!("smtp://{vacant}")).await;
    let user = somebody(&app, "ada@example.com", "en").await;
    welcome(&app, user).await;
    app.run_jobs().await;
    let job = only(&app).await;
    assert_eq!((job.state.as_str(), job.attempts), ("ready", 1));
    assert!(job.error.contains("mail server"), "{}", job.error);
    assert_eq!(exhaust(&app).await.state, "dead");
}

#[actix_web::test]
async fn a_mail_that_cannot_be_sent_holds_up_no_other() {
    let (app, catcher, user) = caught("en").await;
    let nowhere = somebody(&app, "nowhere", "en").await;
    for to in [nowhere, user, nowhere, user] {
        welcome(&app, to).await;
    }
    app.run_jobs().await;
    assert_eq!(catcher.mails().len(), 2);
    assert_eq!(waiting(&app).await.len(), 2);
}

/// Should a worker die between sending and saying so, readers and filters see one mail.
#[actix_web::test]
async fn a_mail_that_is_sent_twice_bears_one_message_id() {
    let (app, catcher, user) = caught("en").await;
    welcome(&app, user).await;
    tamper(&app, "create table kept as select * from jobs").await;
    app.run_jobs().await;
    tamper(&app, "insert into jobs select * from kept").await;
    app.run_jobs().await;

    let [one, other] = catcher.mails().try_into().unwrap();
    assert_eq!(header(&one, "Message-ID"), header(&other, "Message-ID"));
    welcome(&app, user).await;
    app.run_jobs().await;
    let third = catcher.last("Ada@Example.com");
    assert_ne!(header(&one, "Message-ID"), header(&third, "Message-ID"));
}

/// A25: what an older release has queued, or a mistake in a template, ends among the dead.
#[actix_web::test]
async fn a_mail_that_nobody_can_write_ends_dead_and_says_why() {
    for (mail, why) in [(&FORGOTTEN, "nobody declares"), (BROKEN, "cannot be rendered")] {
        let (app, catcher, user) = caught("en").await;
        queue(&app, user, mail, json!({ "name": "Ada", "secret": "hunter2" })).await;
        let dead = exhaust(&app).await;
        assert_eq!(dead.state, "dead");
        assert!(dead.error.contains(why) && !dead.error.contains("hunter2"), "{}", dead.error);
        assert!(catcher.mails().is_empty());
    }
}

/// A25: a payload that is no mail is dead in the end, and takes nobody with it.
#[actix_web::test]
async fn a_payload_that_was_altered_is_not_sent() {
    let (app, catcher, user) = caught("en").await;
    welcome(&app, user).await;
    tamper(&app, "create table other as select payload from jobs").await;
    welcome(&app, user).await;
    tamper(&app, "update jobs set payload = (select payload from other)").await;
    app.run_jobs().await;
    assert_eq!(catcher.mails().len(), 1, "the one whose payload it is");
    let job = only(&app).await;
    assert!(job.error.contains("cannot be opened"), "{}", job.error);
}

/// ASVS 16.2.5: whoever reads the log, however much it tells, can follow no link.
#[actix_web::test]
async fn the_log_of_a_delivery_tells_no_mail() {
    let log = NamedTempFile::new().unwrap();
    let writer = Arc::new(log.reopen().unwrap());
    let subscriber = tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE);
    let _logging = subscriber.with_writer(writer).set_default();
    let (app, catcher, user) = caught("en").await;
    catcher.refuse(true);
    welcome(&app, user).await;
    app.run_jobs().await;
    catcher.refuse(false);
    app.database.clock.advance(TimeDelta::minutes(1));
    app.run_jobs().await;

    assert_eq!(catcher.last("Ada@Example.com").token(), "t0ken");
    let told = std::fs::read_to_string(log.path()).unwrap();
    assert!(told.contains("a job failed"), "it logs at all: {told}");
    assert!(!told.contains("t0ken") && !told.contains("Dear Ada"), "{told}");
}
