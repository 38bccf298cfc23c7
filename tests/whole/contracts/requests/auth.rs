//! What the operations on sessions, passwords and addresses need: accounts of their own, for some end
//! where they are signed in.

use serde_json::json;

use super::{
    super::world::{Request, World},
    address,
};
use crate::harness::PASSWORD;

const NEW: &str = "staple battery horse correct";

/// Whether it is about sessions, passwords or addresses of accounts.
pub fn is_its_own(operation: &str) -> bool {
    let about = ["/sessions", "/reauthenticate", "/password/", "/users/me/email"];
    about.iter().any(|it| operation.contains(it)) || operation == "POST /api/v1/users"
}

impl World {
    pub(super) async fn credentials(&self, request: &mut Request, operation: &str) {
        let (method, path) = operation.split_once(" /api/v1").unwrap_or_default();
        match (method, path) {
            ("POST", "/users") => {
                request.body = Some(json!({ "email": address(), "name": "Zoe" }));
                return;
            }
            ("POST", "/auth/password/forgot") => {
                request.body = Some(json!({ "email": address() }));
                return;
            }
            _ => {}
        }
        let person = self.account(&address()).await;
        match (method, path) {
            (_, "/users/{id}/sessions") => {
                request.ids.insert("id".into(), person.id);
                return;
            }
            ("POST", "/auth/password/reset") => {
                let forgot = json!({ "email": person.email });
                let stranger = self.app.stranger();
                stranger.post("/api/v1/auth/password/forgot", forgot).await.accepted();
                self.app.run_jobs().await;
                let token = self.mail.last(&person.email).token().to_owned();
                request.body = Some(json!({ "token": token, "new_password": NEW }));
                return;
            }
            ("DELETE", _) => {
                let other = self.sign_in(&person.email).await;
                let seen = self.actor(&other).get("/api/v1/auth/sessions").await.ok();
                let others = seen["items"].as_array().unwrap().iter();
                let mut others = others.filter(|it| it["current"] == true);
                let id = others.next().unwrap()["id"].as_str().unwrap().to_owned();
                request.ids.insert("id".into(), id);
                if path == "/auth/sessions" {
                    request.query = "?scope=others";
                }
            }
            ("POST", "/auth/reauthenticate") => {
                request.body = Some(json!({ "password": PASSWORD }));
            }
            ("POST", "/auth/password/change") => {
                request.body = Some(json!({ "current_password": PASSWORD, "new_password": NEW }));
            }
            ("POST", _) => request.body = Some(json!({ "new_email": address() })),
            _ => {}
        }
        request.by = Some(person);
    }
}
