//! Imports can be switched off.

use actix_web::http::Method;
use kernel::testing::App;
use serde_json::json;

use super::{CSV, import, send};
use crate::{features, owner, rows};

const FLAG: &str = "/api/v1/settings/products.imports";

/// ASVS 2.3.2: what an operator has switched off takes nobody's file, and nothing of one is kept.
#[actix_web::test]
async fn imports_that_are_switched_off_take_no_file() {
    let all = features().into_iter().chain([settings::feature()]).collect();
    let app = App::of(all).await;
    let (root, acme, rival) = (app.staff(&["settings:write"]), owner(&app), owner(&app));
    let set = async |value| {
        let body = json!({ "value": value }).to_string();
        root.send(Method::PUT, FLAG, body).await.ok();
    };
    assert_eq!(import(&app, &acme, CSV, "sku\n").await["state"], "done", "they are on at first");
    set(json!({ "state": "off", "organizations": { acme.organization.to_string(): "on" } })).await;
    send(&rival, CSV, "sku\n").await.problem(403, "feature_disabled");
    send(&acme, CSV, "sku\n").await.of(202);
    set(json!({ "state": "off" })).await;
    send(&acme, CSV, "sku\n").await.problem(403, "feature_disabled");
    let kept = rows(&app, "select cast(count(*) as text) from product_imports").await;
    assert_eq!(kept, ["2"]);
}

/// R13: whoever has not heard the first answer hears it, whatever stands in the way of another file by now.
#[actix_web::test]
async fn a_file_that_is_sent_again_meets_neither_the_flag_nor_the_limit() {
    let all = features().into_iter().chain([settings::feature()]).collect();
    let app = App::of(all).await;
    let (root, acme) = (app.staff(&["settings:write"]), owner(&app));
    let keyed = acme.with("idempotency-key", "file-1");
    let first = send(&keyed, CSV, "sku\n").await;
    app.run_jobs().await;
    for _ in 0..20 {
        send(&acme, CSV, "sku\n").await.of(202);
    }
    send(&acme, CSV, "sku\n").await.problem(409, "import_limit_reached");
    let off = json!({ "value": { "state": "off" } }).to_string();
    root.send(Method::PUT, FLAG, off).await.ok();
    send(&acme, CSV, "sku\n").await.problem(403, "feature_disabled");

    let again = send(&keyed, CSV, "sku\n").await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (202, "true"));
    assert_eq!(again.text, first.text);
    send(&keyed, CSV, "sku\nA\n").await.problem(422, "idempotency_key_reused");
    let kept = rows(&app, "select cast(count(*) as text) from product_imports").await;
    assert_eq!(kept, ["21"], "and nothing is kept of it");
}
