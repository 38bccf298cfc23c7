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
