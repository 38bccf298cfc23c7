//! Does it live, is it ready, what is it?

use std::time::{Duration, Instant};

use audit_log::{Entry, Target};
use chrono::TimeDelta;
use kernel::{UserId, testing::Answer};
use sea_orm::prelude::Uuid;
use serde_json::{Value, json};

use crate::{app, enqueue, ready, tamper};

const INFO: &str = "/api/v1/system/info";

/// What a check says.
fn check(answer: Answer, status: u16, name: &str) -> Value {
    let body = answer.of(status);
    let checks = body.get("checks").and_then(Value::as_array).unwrap();
    let named = checks.iter().find(|it| it.get("name") == Some(&json!(name))).unwrap();
    named.get("status").cloned().unwrap()
}

#[actix_web::test]
async fn who_asks_whether_it_lives_costs_nothing() {
    let app = app().await;
    let before = app.database.statements();
    let alive = app.stranger().get("//livez").await;
    assert_eq!(alive.ok(), json!({ "status": "ok" }));
    assert_eq!(app.database.statements(), before);
}

#[actix_web::test]
async fn it_is_ready_when_everything_is_there() {
    let app = app().await;
    let all = ["accepting", "database", "migrations", "queue", "audit_log"];
    let checks = all.map(|name| json!({ "name": name, "status": "ok" }));
    assert_eq!(ready(&app).await.ok(), json!({ "status": "ok", "checks": checks }));
}

#[actix_web::test]
async fn it_tells_that_the_audit_log_is_sealed_late_and_serves_all_the_same() {
    let app = app().await;
    let door = app.database.system();
    let recorded = door.run(async |tx| {
        audit_log::record(tx, Entry::of("test.done", Target::new("test", UserId(Uuid::nil()))));
        Ok::<_, sea_orm::DbErr>(())
    });
    recorded.await.unwrap();
    assert_eq!(check(ready(&app).await, 200, "audit_log"), "ok");
    app.database.clock.advance(TimeDelta::seconds(31));
    assert_eq!(check(ready(&app).await, 200, "audit_log"), "late");
    app.run_duties().await;
    assert_eq!(check(ready(&app).await, 200, "audit_log"), "ok");
}

#[actix_web::test]
async fn it_is_not_ready_while_a_migration_is_missing() {
    let app = app().await;
    tamper(
        &app,
        "delete from seaql_migrations where version = (select max(version) from seaql_migrations)",
    )
    .await;
    let answer = ready(&app).await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(check(answer, 503, "migrations"), "unavailable");
    assert_eq!(check(ready(&app).await, 503, "database"), "ok");
}

#[actix_web::test]
async fn it_is_not_ready_on_a_database_that_was_never_migrated() {
    let app = app().await;
    tamper(&app, "drop table seaql_migrations").await;
    assert_eq!(check(ready(&app).await, 503, "migrations"), "unavailable");
}

#[actix_web::test]
async fn it_is_not_ready_when_the_queue_cannot_be_read() {
    let app = app().await;
    tamper(&app, "alter table jobs rename to lost").await;
    assert_eq!(check(ready(&app).await, 503, "queue"), "unavailable");
    assert_eq!(check(ready(&app).await, 503, "database"), "ok");
}

#[actix_web::test]
async fn who_drains_wants_no_more_requests_and_lives() {
    let app = app().await;
    system::drain(&app.database);
    assert_eq!(check(ready(&app).await, 503, "accepting"), "unavailable");
    assert_eq!(check(ready(&app).await, 503, "database"), "ok");
    app.stranger().get("//livez").await.ok();
}

/// ASVS 16.5.2: a database that is away takes nothing else with it.
#[actix_web::test]
async fn without_a_database_it_says_so_soon_and_lives() {
    let app = app().await;
    app.database.close().await.unwrap();
    let begun = Instant::now();
    let answer = ready(&app).await;
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    let told = answer.text.clone();
    assert_eq!(check(answer, 503, "database"), "unavailable");
    assert!(!told.contains("pool") && !told.contains("sqlx"), "ASVS 16.5.1: {told}");
    app.stranger().get("//livez").await.ok();
    let problem = app.staff(&["system:read"]).get(INFO).await;
    assert!(problem.status >= 500, "{}", problem.text);
}

/// ASVS 8.2.1, 13.4.6.
#[actix_web::test]
async fn only_who_may_sees_what_is_running() {
    let app = app().await;
    app.stranger().get(INFO).await.problem(401, "not_authenticated");
    app.staff(&[]).get(INFO).await.problem(403, "permission_denied");
    app.member(&["system:read"]).get(INFO).await.problem(403, "permission_denied");
    app.staff(&["system:read"]).get(INFO).await.ok();
}

#[actix_web::test]
async fn what_is_running_is_told_whole() {
    let app = app().await;
    app.database.clock.advance(TimeDelta::hours(1));
    enqueue(&app).await;
    let answer = app.staff(&["system:read"]).get(INFO).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let mut info = answer.ok();
    let database = info["database"].take();
    assert!(database == "sqlite" || database == "postgresql", "{database}");
    let expected = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "features": ["audit_log", "system", "test", "roster"],
        "database": null,
        "started_at": "2026-11-20T12:00:00Z",
        "jobs_waiting": 1,
        "jobs_dead": 0,
    });
    assert_eq!(info, expected);
}

/// ASVS 13.4.6: a stranger learns neither the release nor what it is made of.
#[actix_web::test]
async fn strangers_are_not_told_what_is_running() {
    let app = app().await;
    for path in ["//livez", "//readyz", "//api/v1/system/info", "//nowhere"] {
        let answer = app.stranger().get(path).await;
        assert!(answer.header("server").is_empty() && answer.header("x-powered-by").is_empty());
        for hidden in [env!("CARGO_PKG_VERSION"), "sqlite", "postgres", "actix"] {
            assert!(!answer.text.to_lowercase().contains(hidden), "{path}: {}", answer.text);
        }
    }
}
