//! Who may do what.

use std::collections::BTreeSet;

use actix_web::http::Method;
use serde_json::json;

use crate::{READ, WRITE, add, app, owner, product};

#[actix_web::test]
async fn who_you_are_is_told_before_what_you_may_and_that_before_what_you_sent() {
    let app = app().await;
    let acme = owner(&app);
    let clerk = app.member_of(acme.organization, &[READ]);
    let rival = owner(&app).at(acme.organization);
    let bad = || "not json".to_owned();
    for path in ["/products", "/products/batch"] {
        acme.stranger().send(Method::POST, path, bad()).await.problem(401, "not_authenticated");
        rival.send(Method::POST, path, bad()).await.problem(404, "not_found");
        clerk.send(Method::POST, path, bad()).await.problem(403, "permission_denied");
        acme.send(Method::POST, path, bad()).await.problem(400, "malformed_body");
        acme.post(path, json!({ "sku": 1 })).await.problem(422, "validation_failed");
    }
}

/// ASVS 8.2.1.
#[actix_web::test]
async fn reading_takes_read_and_writing_takes_write() {
    let app = app().await;
    let writer = app.member(&[WRITE]);
    let reader = app.member_of(writer.organization, &[READ]);
    let path = add(&writer, product("A-1")).await;
    for read in ["/products", &path, "/products/by-sku/A-1", &format!("{path}/history")] {
        reader.get(read).await.ok();
        writer.get(read).await.problem(403, "permission_denied");
    }
    reader.patch(&path, json!({ "name": "B" })).await.problem(403, "permission_denied");
    reader.delete(&path).await.problem(403, "permission_denied");
    reader.post(&format!("{path}/restore"), json!({})).await.problem(403, "permission_denied");
    writer.patch(&path, json!({ "name": "B" })).await.ok();
}

/// ASVS 8.2.2, 8.4.1: another organization's id, a random one and one that is none are the same.
#[actix_web::test]
async fn a_foreign_an_unknown_and_a_malformed_id_are_answered_alike() {
    let app = app().await;
    let (acme, rival) = (owner(&app), owner(&app));
    let theirs = add(&rival, product("A-1")).await;
    let mut told = BTreeSet::new();
    for path in [&theirs, "/products/01900000-0000-7000-8000-000000000000", "/products/anvil"] {
        let answers = [
            acme.get(path).await,
            acme.patch(path, json!({ "name": "Mine" })).await,
            acme.delete(path).await,
            acme.post(&format!("{path}/restore"), json!({})).await,
            acme.get(&format!("{path}/history")).await,
        ];
        for answer in answers {
            told.insert(answer.problem(404, "not_found")["detail"].to_string());
        }
    }
    assert_eq!(told.len(), 1);
    acme.get("/products/by-sku/A-1").await.problem(404, "not_found");
    assert_eq!(rival.get(&theirs).await.ok()["version"], 1);
    rival.delete(&theirs).await.no_content();
    acme.post(&format!("{theirs}/restore"), json!({})).await.problem(404, "not_found");
}
