//! Who has changed what of a product.

use serde_json::{Value, json};

use crate::{add, app, each, owner, product, rows, statements};

fn change<'a>(event: &'a Value, field: &str) -> [&'a Value; 2] {
    let changes = event["changes"].as_array().unwrap();
    let change = changes.iter().find(|it| it["field"] == field).unwrap();
    [&change["before"], &change["after"]]
}

#[actix_web::test]
async fn it_tells_who_changed_which_member_and_when() {
    let app = app().await;
    let acme = owner(&app);
    let clerk = app.member_of(acme.organization, &["products:write"]);
    let path = add(&acme, product("A-1")).await;
    clerk.patch(&path, json!({ "name": "Big anvil", "price": { "amount": 5 } })).await.ok();
    acme.delete(&path).await.no_content();
    acme.post(&format!("{path}/restore"), json!({})).await.ok();

    let history = acme.get(&format!("{path}/history?sort=created_at")).await.ok();
    let actions = ["product.created", "product.updated", "product.deleted", "product.restored"];
    assert_eq!(each(&history, "action"), actions);
    let [created, updated, deleted, restored] = history["items"].as_array().unwrap().as_slice()
    else {
        panic!("{history}")
    };
    assert_eq!(change(created, "sku"), [&Value::Null, &json!("A-1")]);
    assert_eq!(updated["actor"], json!({ "type": "user", "id": clerk.user() }));
    assert_eq!(updated["changes"].as_array().unwrap().len(), 2);
    assert_eq!(change(updated, "name"), [&json!("Anvil"), &json!("Big anvil")]);
    let price = |amount: i64| json!({ "amount": amount, "currency": "EUR" });
    assert_eq!(change(updated, "price"), [&price(9900), &price(5)]);
    assert_eq!(change(deleted, "deleted"), [&json!(false), &json!(true)]);
    assert_eq!(change(restored, "deleted"), [&json!(true), &json!(false)]);
    assert!(updated["at"].as_str().unwrap().ends_with('Z'));
}

#[actix_web::test]
async fn it_comes_in_pages_and_in_as_many_statements_however_long_it_is() {
    let app = app().await;
    let acme = owner(&app);
    let path = add(&acme, product("A-1")).await;
    let (_, few) = statements(&app, acme.get(&format!("{path}/history"))).await;
    for number in 0..5 {
        acme.patch(&path, json!({ "name": format!("Anvil {number}") })).await.ok();
    }
    add(&acme, product("A-2")).await;
    let pages = crate::pages(&acme, &format!("{path}/history?limit=2")).await;
    assert_eq!(pages.len(), 3);
    let (_, many) = statements(&app, acme.get(&format!("{path}/history"))).await;
    assert_eq!((few, many), (2, 2), "the entries, and the keys of their people");
}

#[actix_web::test]
async fn a_deleted_product_has_a_history_and_one_that_is_gone_for_good_too() {
    let app = app().await;
    let acme = owner(&app);
    let path = add(&acme, product("A-1")).await;
    acme.delete(&path).await.no_content();
    assert_eq!(each(&acme.get(&format!("{path}/history")).await.ok(), "action").len(), 2);
    app.database.clock.advance(chrono::TimeDelta::days(31));
    app.run_jobs().await;
    assert!(rows(&app, "select sku from products").await.is_empty());
    assert_eq!(each(&acme.get(&format!("{path}/history")).await.ok(), "action").len(), 2);
}

/// ASVS 16.2.1: a change and its entry stand or fall together.
#[actix_web::test]
async fn what_is_refused_leaves_no_entry() {
    let app = app().await;
    let acme = owner(&app);
    let path = add(&acme, product("A-1")).await;
    acme.post("/products", product("A-1")).await.problem(409, "sku_taken");
    acme.patch(&path, json!({ "price": { "amount": -1 } })).await.problem(422, "validation_failed");
    acme.patch(&path, json!({ "name": "Anvil" })).await.ok();
    assert_eq!(rows(&app, "select action from audit_log").await, ["product.created"]);
}
