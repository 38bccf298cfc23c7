//! Changing what somebody else may be changing, and how many statements that takes.

use futures_util::future::join_all;
use kernel::testing::{Actor, App};
use serde_json::json;

use crate::demo::{READ, WRITE, app};

/// A member and the path of a thing of theirs.
async fn thing(app: &App) -> (Actor<'_>, String) {
    let acme = app.member(&[READ, WRITE]);
    let created = acme.post("/things", json!({ "name": "Anvil" })).await;
    let location = created.header("location").to_owned();
    (acme, location)
}

#[actix_web::test]
async fn a_change_of_a_version_that_is_gone_is_refused() {
    let app = app().await;
    let (acme, thing) = thing(&app).await;
    let rank = async |tag: &str, rank: i32| {
        acme.with("if-match", tag).patch(&thing, json!({ "rank": rank })).await
    };
    rank("\"1\"", 1).await.ok();
    for stale in ["\"1\"", "W/\"2\"", "2", "\"\"", "\"x\"", "\"1\", \"3\"", ""] {
        rank(stale, 9).await.problem(412, "stale_version");
    }
    assert_eq!(acme.get(&thing).await.ok()["rank"], 1);
    for fresh in ["\"2\"", "*", "\"7\", \"4\"", "\"5\",\"1\""] {
        rank(fresh, 2).await.ok();
    }
    acme.with("if-match", "\"1\"").delete(&thing).await.problem(412, "stale_version");
    acme.with("if-match", "\"6\"").delete(&thing).await.no_content();
}

#[actix_web::test]
async fn a_change_of_no_version_applies_to_the_row_as_it_is() {
    let app = app().await;
    let (acme, thing) = thing(&app).await;
    let patches = (1..=8).map(|rank| acme.patch(&thing, json!({ "rank": rank })));
    join_all(patches).await.into_iter().for_each(|answer| drop(answer.ok()));
    assert_eq!(acme.get(&thing).await.ok()["version"], 9, "none was lost");
}

#[actix_web::test]
async fn of_two_who_change_the_same_version_one_is_first() {
    let app = app().await;
    for _ in 0..10 {
        let (acme, thing) = thing(&app).await;
        let acme = acme.with("if-match", "\"1\"");
        let patches = (1..=2).map(|rank| acme.patch(&thing, json!({ "rank": rank })));
        let mut told: Vec<_> = join_all(patches).await.iter().map(|answer| answer.status).collect();
        told.sort_unstable();
        assert_eq!(told, [200, 412]);
    }
}

/// Design §8: a read is one statement; a write is BEGIN, the rows, COMMIT.
#[actix_web::test]
async fn a_request_takes_no_statement_too_many() {
    let app = app().await;
    let (acme, thing) = thing(&app).await;
    let statements = || app.database.statements();

    let before = statements();
    acme.get(&thing).await.ok();
    assert_eq!(statements() - before, 1, "the row");
    let before = statements();
    acme.get("/things").await.ok();
    assert_eq!(statements() - before, 1, "the rows");
    let before = statements();
    acme.post("/things", json!({ "name": "Hammer" })).await.created();
    assert_eq!(statements() - before, 3, "BEGIN, the row, COMMIT");
    let before = statements();
    acme.patch(&thing, json!({ "rank": 1 })).await.ok();
    assert_eq!(statements() - before, 4, "BEGIN, the row FOR UPDATE, the row, COMMIT");
    let before = statements();
    app.stranger().get("/api/v1/demo/open").await.no_content();
    acme.get("/things/thing").await.problem(404, "not_found");
    assert_eq!(statements() - before, 0);
}
