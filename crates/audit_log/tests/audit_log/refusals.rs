//! What was refused is recorded behind the answer.

use audit_log::AuditEntryOut;
use chrono::TimeDelta;
use futures_util::future::join_all;
use kernel::testing::{Actor, App};
use serde_json::{Value, json};

use crate::{app, count, tamper};

const READ: &str = "audit_log:read";
const LOG: &str = "/api/v1/audit-log";

/// The refusals in this reader's log, the oldest first.
async fn refused(reader: &Actor<'_>, log: &str) -> Vec<Value> {
    let page = reader.get(&format!("{log}?outcome=denied&sort=created_at&limit=100")).await.ok();
    page["items"].as_array().unwrap().clone()
}

fn of_platform(app: &App) -> Actor<'_> {
    app.staff(&[READ])
}

/// ASVS 16.3.2.
#[actix_web::test]
async fn who_is_refused_at_the_gate_is_recorded_with_what_they_tried() {
    let app = app().await;
    let nosy = app.staff(&[]);
    nosy.get(&format!("{LOG}?action=x")).await.problem(403, "permission_denied");

    let [entry] = refused(&of_platform(&app), LOG).await.try_into().unwrap();
    assert_eq!((&entry["action"], &entry["outcome"]), (&json!("access.denied"), &json!("denied")));
    assert_eq!(entry["actor"], json!({ "type": "user", "id": nosy.user() }));
    assert_eq!(entry["target"]["type"], "platform");
    let changes = json!({ "operation": format!("GET {LOG}"), "code": "permission_denied" });
    assert_eq!(entry["changes"], changes, "the pattern of the path, and no query");
    assert!(!entry["request_id"].as_str().unwrap().is_empty());
}

/// ASVS 16.3.2, 8.2.2: a member's refusal is their organization's to see; who does not belong to it
/// writes nothing into its log.
#[actix_web::test]
async fn a_refusal_is_in_the_log_of_the_place_one_belongs_to() {
    let app = app().await;
    let reader = app.member(&[READ]);
    let member = app.member_of(reader.organization, &[]);
    let thing = member.user();
    member.get(&format!("/audit-log/{thing}")).await.problem(403, "permission_denied");
    let outsider = app.member(&[READ]).at(reader.organization);
    outsider.get("/audit-log").await.problem(404, "not_found");
    reader.stranger().get("/audit-log").await.problem(401, "not_authenticated");

    let [inside] = refused(&reader, "/audit-log").await.try_into().unwrap();
    assert_eq!(inside["actor"]["id"], json!(member.user()));
    assert_eq!(inside["target"], json!({ "type": "organization", "id": reader.organization }));
    assert_eq!(inside["changes"]["thing"], json!(thing));
    let pattern = "GET /api/v1/organizations/{organization_id}/audit-log/{event_id}";
    assert_eq!(inside["changes"]["operation"], pattern);

    let [outside, stranger] = refused(&of_platform(&app), LOG).await.try_into().unwrap();
    assert_eq!(outside["actor"]["id"], json!(outsider.user()));
    assert_eq!(outside["target"], inside["target"]);
    assert_eq!(outside["changes"]["code"], "not_found");
    assert_eq!(stranger["actor"]["type"], "anonymous");
    assert_eq!(stranger["changes"]["code"], "not_authenticated");
}

/// What is not there is no refusal, nor is what does not fit.
#[actix_web::test]
async fn what_is_merely_not_found_or_wrong_is_not_recorded() {
    let app = app().await;
    let reader = of_platform(&app);
    reader.get(&format!("{LOG}/{}", reader.user())).await.problem(404, "not_found");
    reader.get(&format!("{LOG}?limit=0")).await.problem(422, "validation_failed");
    reader.get("/api/v1/nothing").await.problem(404, "not_found");
    assert_eq!(count(&app, "audit_log").await, 0);
}

/// ASVS 16.3.3: ten a minute tell that somebody tries the door; more would be their way to fill the log.
#[actix_web::test]
async fn strangers_of_one_address_are_recorded_ten_times_a_minute() {
    let app = app().await;
    for minute in 1..=2 {
        for _ in 0..15 {
            app.bearer("forged").get(LOG).await.problem(401, "invalid_token");
        }
        let entries = refused(&of_platform(&app), LOG).await;
        assert_eq!(entries.len(), 10 * minute);
        let more = entries.iter().filter(|it| it["changes"]["more_in_this_minute"].is_string());
        assert_eq!(more.count(), minute, "the last one says that there may have been more");
        app.database.clock.advance(TimeDelta::minutes(1));
    }
}

/// The same person's refusals at once are each recorded, and none twice.
#[actix_web::test]
async fn refusals_at_once_are_each_recorded() {
    let app = app().await;
    let nosy: Vec<_> = (0..20).map(|_| app.staff(&[])).collect();
    join_all(nosy.iter().map(|it| it.get(LOG))).await;
    app.ground.refusals_told().await;
    let mut told: Vec<_> = refused(&of_platform(&app), LOG).await;
    told.sort_by_key(|it| it["actor"]["id"].to_string());
    told.dedup_by_key(|it| it["actor"]["id"].to_string());
    assert_eq!((told.len(), count(&app, "audit_log").await), (20, 20));
}

/// A refusal that cannot be recorded is a refusal all the same.
#[actix_web::test]
async fn an_answer_does_not_depend_on_its_record() {
    let app = app().await;
    tamper(&app, "alter table audit_log rename to lost").await;
    app.staff(&[]).get(LOG).await.problem(403, "permission_denied");
    tamper(&app, "alter table lost rename to audit_log").await;
    assert_eq!(count(&app, "audit_log").await, 0);

    app.staff(&[]).get(LOG).await.problem(403, "permission_denied");
    let entries: Vec<AuditEntryOut> =
        audit_log::of(app.database.system().view(), uuid::Uuid::nil()).await.unwrap();
    assert_eq!(entries.len(), 1, "and the next one is recorded again");
}
