//! What the operations on accounts need.

use serde_json::{Value, json};

use super::super::world::{Request, Who, World};
use super::address;

impl World {
    pub(super) async fn people(&self, request: &mut Request, operation: &str) {
        let (_, path) = operation.split_once("/api/v1").unwrap_or_default();
        match (request.method.as_str(), path) {
            ("PATCH", "/users/{id}") => request.body = Some(json!({ "name": address() })),
            ("DELETE", "/users/{id}") => {
                let account = self.unregistered(&address()).await;
                request.ids.insert("id".into(), account);
            }
            ("POST", "/users/{id}/restore") => {
                let account = self.unregistered(&address()).await;
                let administrator = self.actor(self.person(Who::Administrator));
                let deleted = administrator.delete(&format!("/api/v1/users/{account}")).await;
                deleted.no_content();
                request.ids.insert("id".into(), account);
                request.body = Some(Value::Object(serde_json::Map::new()));
            }
            _ => {}
        }
    }
}
