//! What happens at once.

use futures_util::future::join_all;
use serde_json::json;

use crate::{add, app, each, features, owner, product, rows};

/// Issue 5.
#[actix_web::test]
async fn of_two_hundred_who_add_one_sku_at_once_one_does() {
    let app = app().await;
    let beside = app.replica(features()).await;
    let acme = owner(&app);
    let there = acme.on(&beside);
    let create = |turn: usize| {
        let who = if turn.is_multiple_of(2) { &acme } else { &there };
        async move { who.post("/products", product("A-1")).await }
    };
    let mut statuses = Vec::new();
    for answer in join_all((0..200).map(create)).await {
        statuses.push(answer.status);
        if answer.status != 201 {
            answer.problem(409, "sku_taken");
        }
    }
    assert_eq!(statuses.iter().filter(|it| **it == 201).count(), 1);
    assert_eq!(each(&acme.get("/products").await.ok(), "sku"), ["A-1"]);
    assert_eq!(rows(&app, "select action from audit_log").await, ["product.created"]);
}

/// Issue 5.
#[actix_web::test]
async fn of_two_patches_of_one_version_one_is_made() {
    let app = app().await;
    let beside = app.replica(features()).await;
    let acme = owner(&app);
    let path = add(&acme, product("A-1")).await;
    for version in 1..20 {
        let tag = format!("\"{version}\"");
        let [one, other] = [acme.with("if-match", &tag), acme.on(&beside).with("if-match", &tag)];
        let (first, second) = tokio::join!(
            one.patch(&path, json!({ "name": format!("One {version}") })),
            other.patch(&path, json!({ "description": format!("Other {version}") })),
        );
        let mut statuses = [first.status, second.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);
    }
    assert_eq!(acme.get(&path).await.ok()["version"], 20);
}

/// A SKU that is free again goes to one of those who want it.
#[actix_web::test]
async fn of_a_restore_and_an_add_of_one_sku_one_is_made() {
    let app = app().await;
    let beside = app.replica(features()).await;
    let acme = owner(&app);
    let there = acme.on(&beside);
    for round in 0..10 {
        let sku = format!("A-{round}");
        let path = add(&acme, product(&sku)).await;
        acme.delete(&path).await.no_content();
        let restore = format!("{path}/restore");
        let (restored, added) =
            tokio::join!(acme.post(&restore, json!({})), there.post("/products", product(&sku)),);
        let made = [restored.status == 200, added.status == 201];
        assert_eq!(made.iter().filter(|it| **it).count(), 1, "round {round}");
    }
}

/// Two batches that change the same products in other orders do not wait for one another for ever.
#[actix_web::test]
async fn batches_that_meet_are_made_one_after_the_other() {
    let app = app().await;
    let beside = app.replica(features()).await;
    let acme = owner(&app);
    let there = acme.on(&beside);
    let mut ids = Vec::new();
    for number in 0..10 {
        let made = acme.post("/products", product(&format!("A-{number}"))).await.created();
        ids.push(made["id"].clone());
    }
    for round in 0..10 {
        let update =
            |id| json!({ "op": "update", "id": id, "data": { "name": format!("R{round}") } });
        let there_and: Vec<_> = ids.iter().map(update).collect();
        let back: Vec<_> = ids.iter().rev().map(update).collect();
        let (one, other) = tokio::join!(
            acme.post("/products/batch", json!({ "operations": there_and })),
            there.post("/products/batch", json!({ "operations": back })),
        );
        one.ok();
        other.ok();
    }
}
