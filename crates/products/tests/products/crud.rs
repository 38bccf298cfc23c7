//! A product from its making to its end.

use chrono::TimeDelta;
use serde_json::json;

use crate::{add, app, at, each, faults, owner, product, product_with, statements};

#[actix_web::test]
async fn a_new_product_is_where_its_location_says() {
    let app = app().await;
    let acme = owner(&app);
    let answer = acme.post("/products", product("A-1")).await;
    assert_eq!(answer.header("etag"), "\"1\"");
    let location = answer.header("location").to_owned();
    let created = answer.created();

    let read = acme.get(&location).await;
    assert_eq!(read.header("etag"), "\"1\"");
    assert_eq!(read.ok(), created);
    assert_eq!(location.rsplit_once('/').unwrap().1, created["id"].as_str().unwrap());
    let defaults = (&created["description"], &created["status"], &created["attributes"]);
    assert_eq!(defaults, (&json!(""), &json!("draft"), &json!({})));
    let known = acme.with("if-none-match", "\"1\"").get(&location).await;
    assert_eq!((known.status, known.text.as_str()), (304, ""));
}

#[actix_web::test]
async fn what_breaks_the_rules_is_told_by_its_place_and_without_the_value() {
    let app = app().await;
    let acme = owner(&app);
    let body = json!({
        "sku": " x", "name": "", "description": "x".repeat(10_001), "status": "secret-status",
        "price": { "amount": -7, "currency": "euros" }, "attributes": { "": 1 },
    });
    let refused = acme.post("/products", body).await;
    assert!(!refused.text.contains("secret-status"));
    assert_eq!(faults(refused), [("/status".into(), "unknown_value".into())]);

    let mut body = product_with(" x", json!({ "name": " ", "attributes": { "": 1 } }));
    body["description"] = json!("x".repeat(10_001));
    body["price"] = json!({ "amount": -7, "currency": "euros" });
    let refused = acme.post("/products", body).await;
    assert!(!refused.text.contains("euros"));
    let places: Vec<_> = faults(refused).into_iter().map(|it| it.0).collect();
    let expected =
        ["/attributes", "/description", "/name", "/price/amount", "/price/currency", "/sku"];
    assert_eq!(places, expected);

    let extra = acme.post("/products", product_with("A", json!({ "colour": "red" }))).await;
    assert_eq!(faults(extra), [("/colour".into(), "unknown_field".into())]);
}

#[actix_web::test]
async fn a_patch_changes_what_it_names_and_clears_what_it_nulls() {
    let app = app().await;
    let acme = owner(&app);
    let attributes = json!({ "colour": "black", "size": { "height": 3, "width": 4 } });
    let new = json!({ "description": "Heavy", "status": "active", "attributes": attributes });
    let path = add(&acme, product_with("A-1", new)).await;

    let patch = json!({
        "name": "Big anvil", "price": { "amount": 5 }, "description": null, "status": null,
        "attributes": { "colour": null, "size": { "height": 7 } },
    });
    let patched = acme.patch(&path, patch).await;
    assert_eq!(patched.header("etag"), "\"2\"");
    let patched = patched.ok();
    assert_eq!(patched["name"], "Big anvil");
    assert_eq!(patched["price"], json!({ "amount": 5, "currency": "EUR" }));
    assert_eq!((&patched["description"], &patched["status"]), (&json!(""), &json!("draft")));
    assert_eq!(patched["attributes"], json!({ "size": { "height": 7, "width": 4 } }));
    assert_eq!(acme.get(&path).await.ok(), patched);

    let same = acme.patch(&path, json!({ "name": "Big anvil" })).await.ok();
    assert_eq!(same, patched, "what changes nothing is no change");
    for patch in [json!({ "sku": null }), json!({ "price": null }), json!({ "id": 1 })] {
        acme.patch(&path, patch).await.problem(422, "validation_failed");
    }
}

#[actix_web::test]
async fn a_version_that_is_no_longer_current_is_told_so() {
    let app = app().await;
    let acme = owner(&app);
    let path = add(&acme, product("A-1")).await;
    acme.patch(&path, json!({ "name": "Anvil II" })).await.ok();
    let late = acme.with("if-match", "\"1\"");
    late.patch(&path, json!({ "name": "Late" })).await.problem(412, "stale_version");
    late.delete(&path).await.problem(412, "stale_version");
    assert_eq!(acme.get(&path).await.ok()["name"], "Anvil II");
    acme.with("if-match", "\"2\"").delete(&path).await.no_content();
}

#[actix_web::test]
async fn a_sku_is_unique_among_an_organizations_live_products() {
    let app = app().await;
    let (acme, rival) = (owner(&app), owner(&app));
    let first = add(&acme, product("A-1")).await;
    let other = add(&acme, product("a-1")).await;
    acme.post("/products", product("A-1")).await.problem(409, "sku_taken");
    acme.patch(&other, json!({ "sku": "A-1" })).await.problem(409, "sku_taken");
    add(&rival, product("A-1")).await;

    acme.delete(&first).await.no_content();
    acme.get(&first).await.problem(404, "not_found");
    acme.delete(&first).await.problem(404, "not_found");
    acme.patch(&other, json!({ "sku": "A-1" })).await.ok();
    acme.post(&format!("{first}/restore"), json!({})).await.problem(409, "sku_taken");
}

#[actix_web::test]
async fn a_deleted_product_can_be_restored_for_thirty_days() {
    let app = app().await;
    let acme = owner(&app);
    let path = add(&acme, product("A-1")).await;
    let before = acme.get(&path).await.ok();
    acme.delete(&path).await.no_content();
    assert!(each(&acme.get("/products").await.ok(), "sku").is_empty());
    app.database.clock.advance(TimeDelta::days(30) - TimeDelta::seconds(1));

    let restored = acme.post(&format!("{path}/restore"), json!({})).await;
    assert_eq!(restored.header("etag"), "\"3\"");
    assert_eq!(restored.ok()["name"], before["name"]);
    let again = acme.post(&format!("{path}/restore"), json!({})).await.ok();
    assert_eq!(again["version"], 3, "one that is not deleted stays as it is");
    assert_eq!(each(&acme.get("/products").await.ok(), "sku"), ["A-1"]);

    acme.delete(&path).await.no_content();
    app.database.clock.advance(TimeDelta::days(30));
    acme.post(&format!("{path}/restore"), json!({})).await.problem(404, "not_found");
}

#[actix_web::test]
async fn a_request_that_is_sent_twice_adds_one_product() {
    let app = app().await;
    let acme = owner(&app);
    let twice = acme.with("idempotency-key", "k-1");
    let first = twice.post("/products", product("A-1")).await.created();
    let again = twice.post("/products", product("A-1")).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.created(), first);
    assert_eq!(each(&acme.get("/products").await.ok(), "id"), [first["id"].as_str().unwrap()]);
}

/// Issue 5: get one and list are one statement; a create with its audit entry is two, and what
/// begins and ends it.
#[actix_web::test]
async fn each_request_takes_as_few_statements_as_it_can() {
    let app = app().await;
    let acme = owner(&app);
    for number in 0..30 {
        add(&acme, product(&format!("A-{number}"))).await;
    }
    let (created, create) = statements(&app, acme.post("/products", product("A-30"))).await;
    let path = at(&created.created());
    let (_, get) = statements(&app, acme.get(&path)).await;
    let (_, by_sku) = statements(&app, acme.get("/products/by-sku/A-30")).await;
    let list = "/products?limit=20&sort=name&status=draft&q=anvil";
    let (_, few) = statements(&app, acme.get("/products?limit=1")).await;
    let (_, many) = statements(&app, acme.get(list)).await;
    let (_, counted) = statements(&app, acme.get(&format!("{list}&count=capped"))).await;
    assert_eq!([create, get, by_sku, few, many, counted], [4, 1, 1, 1, 1, 2]);
}
