//! The log as administrators read it.

use audit_log::{Entry, Outcome, Target};
use chrono::TimeDelta;
use kernel::testing::{Actor, App};
use serde_json::{Value, json};

use crate::{app, asker, person, record, renamed};

const LOG: &str = "/api/v1/audit-log";

/// Five entries, a minute apart: 1, 2 and 3 by person 1, 4 by a stranger, 5 by person 2.
async fn five() -> App {
    let app = app().await;
    let entry = |action, kind, id| Entry::of(action, Target::new(kind, person(id).0));
    for (caller, entry) in [
        (Some(1), entry("account.created", "account", 10)),
        (Some(1), entry("account.updated", "account", 10)),
        (Some(1), entry("room.created", "room", 20)),
        (None, entry("account.opened", "account", 10).with(Outcome::Denied)),
        (Some(2), entry("account.updated", "account", 11).with(Outcome::Failure)),
    ] {
        record(&app, caller.map(person), vec![entry]).await.unwrap();
        app.database.clock.advance(TimeDelta::minutes(1));
    }
    app
}

async fn actions(reader: &Actor<'_>, query: &str) -> Vec<String> {
    let page = reader.get(&format!("{LOG}{query}")).await.ok();
    let actions = page.pointer("/items").and_then(Value::as_array).unwrap().iter();
    actions.map(|it| it.get("action").and_then(Value::as_str).unwrap().to_owned()).collect()
}

/// ASVS 8.2.1, 16.4.2.
#[actix_web::test]
async fn only_who_may_read_the_log_reads_it() {
    let app = app().await;
    app.stranger().get(LOG).await.problem(401, "not_authenticated");
    app.bearer("forged").get(LOG).await.problem(401, "invalid_token");
    app.staff(&[]).get(LOG).await.problem(403, "permission_denied");
    app.member(&["audit_log:read"]).get(LOG).await.problem(403, "permission_denied");
    app.staff(&["audit_log:read"]).get(LOG).await.ok();
}

/// A2: permission comes before what the query looks like.
#[actix_web::test]
async fn who_may_not_read_the_log_does_not_learn_what_is_wrong_with_the_query() {
    let app = app().await;
    app.stranger().get(&format!("{LOG}?nonsense=1")).await.problem(401, "not_authenticated");
    app.staff(&[]).get(&format!("{LOG}?cursor=x")).await.problem(403, "permission_denied");
}

#[actix_web::test]
async fn an_entry_is_shown_whole() {
    let app = app().await;
    record(&app, Some(person(1)), vec![renamed(person(2))]).await.unwrap();
    let reader = app.staff(&["audit_log:read"]);
    let answer = reader.get(LOG).await;

    assert_eq!(answer.header("cache-control"), "no-store");
    let mut entry = answer.ok()["items"][0].take();
    entry["id"] = Value::Null;
    let expected = json!({
        "id": null,
        "seq": null,
        "action": "account.updated",
        "outcome": "success",
        "actor": { "type": "user", "id": person(1) },
        "target": { "type": "account", "id": person(2) },
        "changes": {
            "name": { "from": "Ada King", "to": "Ada Lovelace" },
            "status": { "from": "new", "to": "active" },
            "password": "[redacted]",
        },
        "request_id": "request-1",
        "ip": "203.0.113.7",
        "user_agent": asker(&app, None).origin.user_agent,
        "created_at": "2026-11-20T12:00:00Z",
    });
    assert_eq!(entry, expected);
}

#[actix_web::test]
async fn each_filter_leaves_what_it_names() {
    let app = five().await;
    let reader = app.staff(&["audit_log:read"]);
    let (actor, target) = (person(1), person(10));
    for (query, found) in [
        ("?action=account.updated".to_owned(), 2),
        (format!("?actor_id={actor}"), 3),
        ("?target_type=room".to_owned(), 1),
        (format!("?target_id={target}"), 3),
        ("?outcome=success".to_owned(), 3),
        ("?outcome=denied".to_owned(), 1),
        ("?outcome=failure".to_owned(), 1),
        ("?from=2026-11-20T12:01:00Z".to_owned(), 4),
        ("?to=2026-11-20T12:01:00Z".to_owned(), 1),
        ("?from=2026-11-20T13:02:00%2B01:00&to=2026-11-20T12:04:00Z".to_owned(), 2),
        (format!("?actor_id={actor}&target_id={target}&action=account.updated"), 1),
        ("?action=account.updated'--".to_owned(), 0),
        ("?action=account.%25".to_owned(), 0),
    ] {
        assert_eq!(actions(&reader, &query).await.len(), found, "{query}");
    }
}

/// ASVS 15.3.7, A18.
#[actix_web::test]
async fn a_query_that_does_not_fit_is_refused_by_its_name() {
    let app = app().await;
    let reader = app.staff(&["audit_log:read"]);
    let long = format!("action={}", "a".repeat(65));
    for (query, name) in [
        ("colour=red", "colour"),
        ("organization_id=00000000-0000-0000-0000-000000000001", "organization_id"),
        ("outcome=grand", "outcome"),
        ("actor_id=me", "actor_id"),
        ("from=yesterday", "from"),
        ("action=a&action=b", "action"),
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("sort=ip", "sort"),
        ("count=1", "count"),
        (&long, "/action"),
    ] {
        let problem = reader.get(&format!("{LOG}?{query}")).await.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], name, "{query}");
    }
    reader.get(&format!("{LOG}?cursor=bm90IG91cnM")).await.problem(400, "invalid_cursor");
}

#[actix_web::test]
async fn pages_lead_to_and_fro_and_keep_their_order() {
    let app = five().await;
    let reader = app.staff(&["audit_log:read"]);
    let newest = actions(&reader, "").await;
    assert_eq!(newest[0], "account.updated");
    let mut oldest = actions(&reader, "?sort=created_at").await;
    oldest.reverse();
    assert_eq!(newest, oldest);

    let first = reader.get(&format!("{LOG}?limit=2&count=exact")).await.ok();
    assert_eq!(first["total"], json!({ "value": 5, "relation": "eq" }));
    assert_eq!(first["prev_cursor"], Value::Null);
    let next = first["next_cursor"].as_str().unwrap();
    let second = reader.get(&format!("{LOG}?limit=2&cursor={next}")).await;
    assert!(second.header("link").contains(r#"rel="prev""#), "{}", second.header("link"));
    let second = second.ok();
    assert_eq!(second["items"][0]["action"], newest[2].as_str());
    assert!(second.get("total").is_none());
    let back = second["prev_cursor"].as_str().unwrap();
    let again = reader.get(&format!("{LOG}?limit=2&cursor={back}")).await.ok();
    assert_eq!(again["items"], first["items"]);
}

/// A18: a cursor is good for the query it came from.
#[actix_web::test]
async fn a_cursor_of_another_filter_is_refused() {
    let app = five().await;
    let reader = app.staff(&["audit_log:read"]);
    let first = reader.get(&format!("{LOG}?limit=1&outcome=success")).await.ok();
    let cursor = first["next_cursor"].as_str().unwrap();
    let other = format!("{LOG}?limit=1&outcome=denied&cursor={cursor}");
    reader.get(&other).await.problem(400, "invalid_cursor");
}

#[actix_web::test]
async fn a_page_costs_three_statements_and_a_count_one_more() {
    let app = five().await;
    let reader = app.staff(&["audit_log:read"]);
    for (query, statements) in [("", 3), ("?count=capped", 4)] {
        let before = app.database.statements();
        reader.get(&format!("{LOG}{query}")).await.ok();
        assert_eq!(
            app.database.statements() - before,
            statements,
            "entries, their seals, their keys"
        );
    }
}

/// ASVS 16.4.2: nothing in the API changes or removes an entry.
#[actix_web::test]
async fn the_log_can_only_be_read() {
    let app = five().await;
    let reader = app.staff(&["audit_log:read"]);
    for refused in [reader.post(LOG, json!({})).await, reader.delete(LOG).await] {
        assert_eq!(refused.header("allow"), "GET, HEAD, OPTIONS");
        refused.problem(405, "method_not_allowed");
    }
    assert_eq!(actions(&reader, "").await.len(), 5);
}

#[actix_web::test]
async fn the_document_names_every_filter() {
    let app = app().await;
    let document = serde_json::to_value(app.ground.document()).unwrap();
    let list = &document["paths"][LOG]["get"];
    let named: Vec<_> =
        list["parameters"].as_array().unwrap().iter().map(|it| &it["name"]).collect();
    let filters = ["action", "actor_id", "target_type", "target_id", "outcome", "from", "to"];
    assert!(filters.iter().all(|name| named.iter().any(|it| *it == name)), "{named:?}");
    let outcomes = r#"["success","denied","failure"]"#;
    assert!(list.to_string().contains(outcomes), "{list}");
}
