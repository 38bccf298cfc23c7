//! A catalogue, from the first product to the move into another organization, and an operator who
//! tunes the house.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::organizations::{found, invite};
use crate::harness::{Client, PASSWORD, Server};

const FILE: &str = "sku,name,price_amount,price_currency,description\r\n\
                    AE-1,Analytical Engine,9900000,GBP,\"It weaves\nalgebra\"\r\n\
                    =1+1,Formula,100,GBP,\r\n\
                    PC-1,Punched Cards,-250,GBP,\r\n";

/// Imports a file and waits for its end.
async fn import(client: &Client, place: &str, kind: &str, file: &str) -> Value {
    let headers = [("content-type", kind)];
    let begun = client
        .send(Method::POST, &format!("{place}/products/import"), &headers, file.to_owned())
        .await;
    assert_eq!(begun.status, 202, "{}", begun.text);
    let import = begun.header("location").to_owned();
    for _ in 0..300 {
        let now = client.get(&import).await.ok();
        if now["state"] == "done" || now["state"] == "failed" {
            return now;
        }
        actix_web::rt::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the import does not end");
}

#[actix_web::test]
async fn a_catalogue_is_imported_found_changed_and_moved_to_another_organization() {
    let server = Server::start().await;
    let (ada, zoe) = (server.user("ada@example.com").await, server.user("zoe@example.com").await);
    let (acme, other) = (found(&ada, "Acme").await, found(&zoe, "Other").await);
    let max = invite(&server, &ada, &acme, "max@example.com", "viewer").await;

    let done = import(&ada, &acme, "text/csv", FILE).await;
    assert_eq!((&done["created"], &done["failed"]), (&json!(2), &json!(1)), "{done}");
    assert_eq!(done["errors"][0]["line"], 5);
    let seen = max.get(&format!("{acme}/products?q=ENG%20anal")).await.ok();
    let engine = &seen["items"][0];
    assert_eq!(
        (&engine["sku"], &engine["description"]),
        (&json!("AE-1"), &json!("It weaves\nalgebra"))
    );
    let path = format!("{acme}/products/{}", engine["id"].as_str().unwrap());
    max.patch(&path, json!({ "name": "Mine" })).await.problem(403, "permission_denied");
    zoe.get(&path).await.problem(404, "not_found");
    ada.patch(&path, json!({ "price": { "amount": 1 } })).await.ok();
    let history = max.get(&format!("{path}/history")).await.ok();
    let told = history["items"].as_array().unwrap();
    assert!(told.iter().any(|it| it["changes"].to_string().contains("9900000")), "{history}");

    for (format, kind) in [("csv", "text/csv"), ("ndjson", "application/x-ndjson")] {
        let exported = ada.get(&format!("{acme}/products/export?format={format}")).await;
        assert!(exported.header("content-type").starts_with(kind));
        assert!(exported.text.contains("'=1+1") == (format == "csv"), "{}", exported.text);
        let place = found(&zoe, format).await;
        let moved = import(&zoe, &place, kind, &exported.text).await;
        assert_eq!((&moved["created"], &moved["failed"]), (&json!(2), &json!(0)), "{moved}");
        let formula = zoe.get(&format!("{place}/products/by-sku/%3D1%2B1")).await.ok();
        assert_eq!(formula["name"], "Formula");
    }
    let none = zoe.get(&format!("{other}/products?count=exact")).await.ok();
    assert_eq!(none["total"]["value"], 0);
    server.stop().await;
}

#[actix_web::test]
async fn an_operator_tunes_the_house_while_it_is_lived_in() {
    let server = Server::start().await;
    let (root, ada) = (server.administrator().await, server.user("ada@example.com").await);
    let acme = found(&ada, "Acme").await;
    let set = async |client: &Client, place: &str, key: &str, body: Value| {
        client.json(Method::PUT, &format!("{place}/settings/{key}"), &body.to_string()).await
    };

    // A longer password, from the next registration on.
    set(&root, "/api/v1", "auth.password_min_length", json!({ "value": 60 })).await.ok();
    let new = json!({ "email": "new@example.com", "password": PASSWORD, "name": "New" });
    let refused = server.stranger().post("/api/v1/auth/register", new).await;
    assert_eq!(refused.body["errors"][0]["pointer"], "/password", "{}", refused.text);

    // Invitations for as long as the organization says, and once it is locked as the platform says.
    let days = "organizations.invitation_days";
    set(&ada, &acme, days, json!({ "value": 30 })).await.ok();
    assert_eq!(ada.get(&format!("{acme}/settings/{days}")).await.ok()["source"], "organization");
    set(&root, "/api/v1", days, json!({ "value": 2, "lock": true })).await.ok();
    let now = ada.get(&format!("{acme}/settings/{days}")).await.ok();
    assert_eq!(
        (&now["value"], &now["source"], &now["locked"]),
        (&json!(2), &json!("platform"), &json!(true))
    );
    set(&ada, &acme, days, json!({ "value": 30 })).await.problem(409, "setting_locked");

    // A flag switched off, for everybody but one.
    let off = json!({ "value": { "state": "off" } });
    set(&root, "/api/v1", "products.imports", off).await.ok();
    let headers = [("content-type", "text/csv")];
    let path = format!("{acme}/products/import");
    let refused = ada.send(Method::POST, &path, &headers, FILE).await;
    refused.problem(403, "feature_disabled");
    let id = acme.rsplit('/').next().unwrap();
    let one = json!({ "value": { "state": "off", "organizations": { id: "on" } } });
    set(&root, "/api/v1", "products.imports", one).await.ok();
    assert_eq!(import(&ada, &acme, "text/csv", FILE).await["created"], 2);
    let asked = json!({ "context": {} });
    let flag = format!("{acme}/ofrep/v1/evaluate/flags/products.imports");
    assert_eq!(ada.post(&flag, asked).await.ok()["value"], true);
    server.stop().await;
}
