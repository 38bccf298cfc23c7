//! The same request twice: one effect, one answer (R13).

use chrono::TimeDelta;
use futures_util::future::join_all;
use kernel::{
    Tenanted,
    testing::{Actor, App},
};
use sea_orm::{ConnectionTrait, PaginatorTrait, Statement};
use serde_json::json;

use crate::{
    demo::{READ, WRITE, app, feature},
    things::Entity,
};

const KEY: &str = "idempotency-key";

async fn things(actor: &Actor<'_>) -> u64 {
    let door = actor.door();
    Entity::mine(door.view()).count(door.view()).await.unwrap()
}

fn writer(app: &App) -> Actor<'_> {
    app.member(&[READ, WRITE])
}

#[actix_web::test]
async fn a_request_that_is_sent_again_gets_the_answer_of_the_first() {
    let app = app().await;
    let acme = writer(&app).with(KEY, "order-1");

    let first = acme.post("/things", json!({ "name": "anvil" })).await;
    let again = acme.post("/things", json!({ "name": "anvil" })).await;

    assert_eq!(
        (first.header("idempotency-replayed"), again.header("idempotency-replayed")),
        ("", "true")
    );
    for header in ["location", "etag", "content-type"] {
        assert_eq!(first.header(header), again.header(header), "{header}");
    }
    assert_eq!(first.text, again.text);
    assert_eq!((first.status, again.status, things(&acme).await), (201, 201, 1));
}

#[actix_web::test]
async fn a_key_belongs_to_one_body_one_path_and_one_caller() {
    let app = app().await;
    let acme = writer(&app).with(KEY, "order-1");
    acme.post("/things", json!({ "name": "anvil" })).await.created();

    let other = acme.post("/things", json!({ "name": "hammer" })).await;
    other.problem(422, "idempotency_key_reused");
    let colleague = app.member_of(acme.organization, &[READ, WRITE]).with(KEY, "order-1");
    assert_eq!(
        colleague.post("/things", json!({ "name": "anvil" })).await.header("idempotency-replayed"),
        ""
    );
    let rival = writer(&app).with(KEY, "order-1");
    rival.post("/things", json!({ "name": "anvil" })).await.created();
    assert_eq!((things(&acme).await, things(&rival).await), (2, 1));
}

#[actix_web::test]
async fn what_failed_is_not_kept() {
    let app = app().await;
    let acme = writer(&app).with(KEY, "order-1");
    acme.post("/things", json!({ "name": "" })).await.problem(422, "validation_failed");
    acme.post("/things", json!({ "name": "anvil" })).await.created();
    assert_eq!(things(&acme).await, 1);
}

#[actix_web::test]
async fn a_key_that_is_none_is_refused() {
    let app = app().await;
    let long = "k".repeat(256);
    for key in ["", "two words", &long] {
        let refused = writer(&app).with(KEY, key).post("/things", json!({ "name": "a" })).await;
        refused.problem(422, "validation_failed");
    }
    let twice = writer(&app).with(KEY, "a").with(KEY, "b");
    twice.post("/things", json!({ "name": "a" })).await.problem(422, "validation_failed");
}

/// G7: fifty at once over two replicas.
#[actix_web::test]
async fn fifty_parallel_requests_with_one_key_have_one_effect() {
    let app = app().await;
    let other = app.replica(vec![feature()]).await;
    let acme = writer(&app).with(KEY, "order-1");
    let there = acme.on(&other);

    let body = json!({ "name": "anvil" });
    let sending =
        (0..50).map(|n| if n % 2 == 0 { &acme } else { &there }.post("/things", body.clone()));
    let answers = join_all(sending).await;

    let (created, busy): (Vec<_>, Vec<_>) = answers.into_iter().partition(|it| it.status == 201);
    let firsts = created.iter().filter(|it| it.header("idempotency-replayed").is_empty()).count();
    assert_eq!((firsts, things(&acme).await), (1, 1));
    assert!(created.iter().all(|it| it.text == created[0].text));
    for answer in busy {
        answer.problem(409, "request_in_progress");
    }
    assert_eq!(there.post("/things", body).await.text, created[0].text);
}

#[actix_web::test]
async fn an_answer_is_kept_for_a_day_and_encrypted() {
    let app = app().await;
    let acme = writer(&app).with(KEY, "order-1");
    acme.post("/things", json!({ "name": "canary" })).await.created();
    let door = acme.platform();
    let sql = "select answer from idempotency_keys";
    let ask = || Statement::from_sql_and_values(door.view().get_database_backend(), sql, []);
    let row = door.view().query_one_raw(ask()).await.unwrap().unwrap();
    let kept: Vec<u8> = row.try_get_by_index(0).unwrap();
    assert!(!String::from_utf8_lossy(&kept).contains("canary"));

    app.database.clock.advance(TimeDelta::hours(25));
    let again = acme.post("/things", json!({ "name": "canary" })).await;
    assert_eq!(again.header("idempotency-replayed"), "");
    app.database.clock.advance(TimeDelta::hours(25));
    app.run_jobs().await;
    assert!(door.view().query_one_raw(ask()).await.unwrap().is_none());
    assert_eq!(Entity::mine(acme.door().view()).all(acme.door().view()).await.unwrap().len(), 2);
}
