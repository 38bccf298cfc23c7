//! The queue, and those who look after it.

use std::sync::atomic::Ordering;

use chrono::TimeDelta;
use kernel::testing::{Actor, App};
use serde_json::{Value, json};

use crate::{Errand, Failing, Gated, app, gate, queue, trouble};

const JOBS: &str = "/api/v1/system/jobs";

fn staff(app: &App) -> Actor<'_> {
    app.staff(&["jobs:read", "jobs:write", "audit_log:read"])
}

async fn listed(app: &App, query: &str) -> Vec<Value> {
    let page = staff(app).get(&format!("{JOBS}?{query}")).await.ok();
    page["items"].as_array().unwrap().clone()
}

/// The only job of this kind.
async fn only(app: &App, kind: &str) -> Value {
    let [job] = listed(app, &format!("kind={kind}")).await.try_into().unwrap();
    job
}

fn path(job: &Value, action: &str) -> String {
    format!("{JOBS}/{}{action}", job["id"].as_str().unwrap())
}

fn errand(key: &str) -> Errand {
    Errand { key: key.to_owned(), what: "a canary that sings".to_owned() }
}

/// An errand that has failed too often.
async fn dead(app: &App) -> Value {
    trouble(app, true);
    queue(app, &errand("milk")).await;
    for _ in 0..2 {
        app.run_jobs().await;
        app.database.clock.advance(TimeDelta::hours(1));
    }
    trouble(app, false);
    only(app, "test.errand").await
}

async fn entries(app: &App, action: &str) -> Vec<Value> {
    let page = staff(app).get(&format!("/api/v1/audit-log?action={action}")).await.ok();
    page["items"].as_array().unwrap().clone()
}

/// ASVS 8.2.1: who may see how the system is doing sees no jobs, and who may see them changes none.
#[actix_web::test]
async fn only_who_may_sees_jobs_and_changes_them() {
    let app = app().await;
    let job = dead(&app).await;
    let reads = [JOBS.to_owned(), path(&job, ""), path(&job, "/events")];
    let writes = [path(&job, "/retry"), path(&job, "/cancel")];
    for read in &reads {
        app.stranger().get(read).await.problem(401, "not_authenticated");
        app.staff(&["system:read", "jobs:write"]).get(read).await.problem(403, "permission_denied");
        app.member(&["jobs:read"]).get(read).await.problem(403, "permission_denied");
    }
    for write in &writes {
        let reader = app.staff(&["jobs:read"]);
        reader.post(write, json!({})).await.problem(403, "permission_denied");
    }
    assert_eq!(only(&app, "test.errand").await, job);
}

/// ASVS 14.2.4: what a job is about is shown to nobody.
#[actix_web::test]
async fn a_job_is_shown_without_what_it_is_about() {
    let app = app().await;
    let job = dead(&app).await;
    let shown = json!({
        "id": job["id"], "kind": "test.errand", "organization_id": null, "state": "dead",
        "attempts": 2, "max_attempts": 2, "run_at": job["run_at"],
        "last_error": "there is trouble", "progress": null,
        "created_at": "2026-11-20T12:00:00Z", "updated_at": "2026-11-20T13:00:00Z",
    });
    assert_eq!(job, shown);
    assert_eq!(staff(&app).get(&path(&job, "")).await.ok(), shown);
    let all = staff(&app).get(JOBS).await;
    assert!(!all.text.contains("canary") && !all.text.contains("milk"), "{}", all.text);
}

#[actix_web::test]
async fn jobs_are_listed_by_state_kind_and_organization() {
    let app = app().await;
    dead(&app).await;
    let acme = app.member(&[]);
    acme.door().run(async |tx| tx.enqueue(&Failing {})).await.unwrap();
    assert_eq!(listed(&app, "state=dead").await.len(), 1);
    assert_eq!(listed(&app, "state=ready&kind=test.failing").await.len(), 1);
    assert_eq!(listed(&app, "state=running").await.len(), 0);
    let acmes = listed(&app, &format!("organization_id={}", acme.organization)).await;
    assert_eq!(acmes[0]["organization_id"], json!(acme.organization));
    let newest = listed(&app, "sort=-created_at&limit=1").await;
    assert_eq!(newest[0]["kind"], "test.failing");
    for wrong in ["state=done", "kind=", "organization_id=acme", "payload=x", "sort=payload"] {
        let answer = staff(&app).get(&format!("{JOBS}?{wrong}")).await;
        answer.problem(422, "validation_failed");
    }
}

#[actix_web::test]
async fn a_dead_job_that_is_retried_begins_anew_and_that_is_recorded() {
    let app = app().await;
    let job = dead(&app).await;
    let retried = staff(&app).post(&path(&job, "/retry"), json!({})).await.ok();
    assert_eq!((&retried["state"], &retried["attempts"]), (&json!("ready"), &json!(0)));
    let [entry] = entries(&app, "job.retried").await.try_into().unwrap();
    assert_eq!((&entry["target"]["id"], &entry["changes"]["kind"]), (&job["id"], &job["kind"]));
    assert_eq!(entry["changes"]["state"], json!({ "from": "dead", "to": "ready" }));

    app.run_jobs().await;
    staff(&app).get(&path(&job, "")).await.problem(404, "not_found");
    staff(&app).post(&path(&job, "/retry"), json!({})).await.problem(404, "not_found");
}

#[actix_web::test]
async fn a_job_that_waits_for_its_next_attempt_begins_it_when_it_is_retried() {
    let app = app().await;
    trouble(&app, true);
    queue(&app, &errand("milk")).await;
    app.run_jobs().await;
    trouble(&app, false);
    assert_eq!(app.run_jobs().await, 0, "it is not due yet");
    let job = only(&app, "test.errand").await;
    staff(&app).post(&path(&job, "/retry"), json!({})).await.ok();
    assert_eq!(app.run_jobs().await, 1);
}

#[actix_web::test]
async fn a_dead_job_is_not_retried_beside_another_for_the_same_thing() {
    let app = app().await;
    let job = dead(&app).await;
    queue(&app, &errand("milk")).await;
    staff(&app).post(&path(&job, "/retry"), json!({})).await.problem(409, "job_waiting");
    assert_eq!(entries(&app, "job.retried").await.len(), 0);
    app.run_jobs().await;
    staff(&app).post(&path(&job, "/retry"), json!({})).await.ok();
}

#[actix_web::test]
async fn a_job_that_is_cancelled_does_not_begin_and_holds_nobody_up() {
    let app = app().await;
    queue(&app, &errand("milk")).await;
    let job = only(&app, "test.errand").await;
    let cancelled = staff(&app).post(&path(&job, "/cancel"), json!({})).await.ok();
    assert_eq!(cancelled["state"], "cancelled");
    let [entry] = entries(&app, "job.cancelled").await.try_into().unwrap();
    assert_eq!(entry["changes"]["state"], json!({ "from": "ready", "to": "cancelled" }));
    staff(&app).post(&path(&job, "/cancel"), json!({})).await.problem(409, "job_over");

    queue(&app, &errand("milk")).await;
    assert_eq!(listed(&app, "kind=test.errand&state=ready").await.len(), 1, "its key is free");
    app.run_jobs().await;
    assert_eq!(only(&app, "test.errand").await["state"], "cancelled");
    staff(&app).post(&path(&job, "/retry"), json!({})).await.ok();
    app.run_jobs().await;
    assert!(listed(&app, "kind=test.errand").await.is_empty(), "it may be retried all the same");
}

/// The fence: a worker whose job was cancelled writes nothing any more, nor how it ended.
#[actix_web::test]
async fn of_a_running_job_that_is_cancelled_nothing_more_is_written() {
    let app = app().await;
    app.run_jobs().await; // what is due at the first start
    queue(&app, &Gated {}).await;
    let looking_after = async {
        gate(&app).begun.acquire().await.unwrap().forget();
        let job = only(&app, "test.gated").await;
        assert_eq!((&job["state"], &job["attempts"]), (&json!("running"), &json!(1)));
        assert_eq!(job["progress"], json!({ "done": 3, "total": 7 }));
        staff(&app).post(&path(&job, "/retry"), json!({})).await.problem(409, "job_running");
        staff(&app).post(&path(&job, "/cancel"), json!({})).await.ok();
        gate(&app).open.add_permits(1);
    };
    tokio::join!(app.run_jobs(), looking_after);

    assert!(!gate(&app).wrote.load(Ordering::SeqCst));
    assert!(listed(&app, "kind=test.failing").await.is_empty());
    let job = only(&app, "test.gated").await;
    assert_eq!((&job["state"], &job["last_error"]), (&json!("cancelled"), &Value::Null));
}

#[actix_web::test]
async fn what_was_given_up_is_forgotten_after_thirty_days() {
    let app = app().await;
    dead(&app).await;
    app.database.clock.advance(TimeDelta::days(29));
    app.run_jobs().await;
    assert_eq!(listed(&app, "state=dead").await.len(), 1);
    app.database.clock.advance(TimeDelta::days(1));
    app.run_jobs().await;
    assert_eq!(listed(&app, "state=dead").await.len(), 0);
}
