//! What the operations on products need.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::super::world::{Request, Who, World, unknown_id};

const FILE: &str = "sku,name,price_amount,price_currency\nA-1,Anvil,100,EUR\n";

impl World {
    pub(super) async fn product(&self, request: &mut Request, path: &str, owner: Who) {
        match (request.method.as_str(), path) {
            ("POST", "") => request.body = Some(product()),
            ("POST", "/batch") => {
                let create = json!({ "op": "create", "data": product() });
                request.body = Some(json!({ "operations": [create] }));
            }
            ("POST", "/import") => request.file = Some(("text/csv", FILE)),
            ("GET", "/export") => request.query = "?format=csv",
            (_, path) if path.contains("/imports/{id}") => {
                let import = self.import(request, owner).await;
                request.ids.insert("id".into(), import);
                if !path.ends_with("/cancel") {
                    self.app.run_jobs().await; // whoever listens hears of its end
                }
            }
            (_, path) if path.contains('{') => {
                let new = product();
                request.ids.insert("sku".into(), new["sku"].as_str().unwrap().to_owned());
                let made = self.made(request, owner, "/products", new).await;
                request.ids.insert("id".into(), made.clone());
                match request.method {
                    Method::PATCH => request.body = Some(json!({ "name": "Renamed" })),
                    Method::POST => {
                        let path = format!("/products/{made}");
                        self.as_owner(request, owner, "DELETE", &path, Value::Null).await;
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }

    async fn import(&self, request: &Request, owner: Who) -> String {
        let place =
            format!("/api/v1/organizations/{}/products/import", request.ids["organization_id"]);
        let owner = self.actor(self.person(owner)).with("content-type", "text/csv");
        let begun = owner.send(Method::POST, &place, FILE).await;
        assert_eq!(begun.status, 202, "{}", begun.text);
        begun.body["id"].as_str().unwrap().to_owned()
    }
}

fn product() -> Value {
    let price = json!({ "amount": 100, "currency": "EUR" });
    json!({ "sku": unknown_id(), "name": "Anvil", "price": price })
}
