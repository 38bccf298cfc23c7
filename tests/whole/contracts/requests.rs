//! For every operation a request that succeeds for who may do it; each call makes what it needs.

mod audit_log;
mod auth;
mod jobs;
mod letters;
mod notifications;
mod people;
mod products;
mod settings;

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::world::{Request, Who, World, unknown_id};
use crate::harness::PASSWORD;
pub use letters::TOPICS;
pub use settings::SAMPLES;

const INSIDE: &str = "/api/v1/organizations/{organization_id}";
const INBOX: &str = "/api/v1/notifications";

impl World {
    /// A request for `operation` – method and path as the document writes them – in an organization
    /// of the owner's.
    pub async fn request(&self, operation: &str) -> Request {
        let organization = self.organization().await;
        self.request_in(operation, &organization, Who::Owner).await
    }

    /// The same in an organization that is none of theirs.
    pub async fn request_elsewhere(&self, operation: &str) -> Request {
        let organization = self.elsewhere().await;
        self.request_in(operation, &organization, Who::Rival).await
    }

    /// A role of an organization that is none of theirs.
    pub async fn foreign_role(&self) -> String {
        let request = self.request_elsewhere(&format!("GET {INSIDE}/roles/{{id}}")).await;
        request.ids["id"].clone()
    }

    async fn request_in(&self, operation: &str, organization: &str, owner: Who) -> Request {
        let (method, pattern) = operation.split_once(' ').unwrap();
        let mut request = Request {
            method: method.parse().unwrap(),
            pattern: pattern.to_owned(),
            ids: BTreeMap::from([("organization_id".to_owned(), organization.to_owned())]),
            body: None,
            file: None,
            query: "",
            by: None,
        };
        let (own, platform) = ("/api/v1/users/me/settings", "/api/v1/settings");
        match pattern.strip_prefix(INSIDE) {
            None if pattern.starts_with(own) => {
                let me = self.account(&address()).await;
                self.setting(&mut request, &pattern[own.len()..], own, &me).await;
                request.by = Some(me);
            }
            None if pattern.starts_with("/api/v1/audit-log") => {
                let (log, path) = pattern.split_at("/api/v1/audit-log".len());
                self.entry(&mut request, path, log, self.person(Who::Administrator)).await;
            }
            None if pattern.starts_with(platform) => {
                let administrator = self.person(Who::Administrator);
                let path = &pattern[platform.len()..];
                self.setting(&mut request, path, platform, administrator).await;
            }
            None if pattern.starts_with(INBOX) && !pattern.ends_with("/preferences") => {
                self.notified(&mut request, &pattern[INBOX.len()..], owner).await;
            }
            Some(inside) => self.inside(&mut request, inside, owner).await,
            None => self.outside(&mut request, operation, organization).await,
        }
        request
    }

    /// What an operation inside an organization needs.
    async fn inside(&self, request: &mut Request, path: &str, owner: Who) {
        let method = request.method.as_str().to_owned();
        if let Some(path) = path.strip_prefix("/products") {
            return self.product(request, path, owner).await;
        }
        if let Some(path) = path.strip_prefix("/audit-log") {
            let log = format!("/api/v1/organizations/{}/audit-log", request.ids["organization_id"]);
            return self.entry(request, path, &log, self.person(owner)).await;
        }
        if let Some(path) = path.strip_prefix("/notifications/templates") {
            return self.letter(request, path, owner).await;
        }
        if let Some(path) = path.strip_prefix("/settings") {
            let place =
                format!("/api/v1/organizations/{}/settings", request.ids["organization_id"]);
            return self.setting(request, path, &place, self.person(owner)).await;
        }
        match (method.as_str(), path) {
            ("PATCH", "") => request.body = Some(json!({ "name": "Renamed" })),
            ("POST", "/restore") => self.as_owner(request, owner, "DELETE", "", Value::Null).await,
            ("POST", "/transfer-ownership") => {
                request.body = Some(json!({ "user_id": self.another_member(request).await }));
            }
            (_, "/members/{user_id}") => {
                let user = self.another_member(request).await;
                request.ids.insert("user_id".into(), user);
                request.body = (method == "PATCH").then(|| json!({ "roles": ["member"] }));
            }
            (_, path) if path.starts_with("/ofrep/") => {
                request.ids.insert("key".into(), "products.imports".into());
                request.body = Some(json!({ "context": {} }));
            }
            ("POST", "/notifications") => {
                request.body = Some(notifications::announcement(&json!("members")));
            }
            ("POST", "/roles") => request.body = Some(role()),
            (_, "/roles/{id}") => {
                let role = self.made(request, owner, "/roles", role()).await;
                request.ids.insert("id".into(), role);
                request.body = (method == "PATCH").then(|| json!({ "name": "Renamed" }));
            }
            ("POST", "/invitations") => request.body = Some(invitation()),
            ("POST", "/invitations/batch") => {
                request.body = Some(json!({ "invitations": [invitation()] }));
            }
            (_, "/invitations/{id}" | "/invitations/{id}/resend") => {
                let made = self.made(request, owner, "/invitations", invitation()).await;
                request.ids.insert("id".into(), made);
            }
            _ => {}
        }
    }

    /// What an operation on the platform needs.
    async fn outside(&self, request: &mut Request, operation: &str, organization: &str) {
        match operation {
            "POST /api/v1/auth/login" => {
                let email = &self.person(Who::Nobody).email;
                request.body = Some(json!({ "email": email, "password": PASSWORD }));
            }
            "POST /api/v1/auth/logout" | "DELETE /api/v1/users/me" => {
                request.by = Some(self.account(&address()).await);
            }
            "POST /api/v1/auth/refresh" => {
                let login =
                    json!({ "email": self.person(Who::Nobody).email, "password": PASSWORD });
                let tokens = self.app.stranger().post("/api/v1/auth/login", login).await.ok();
                request.body = Some(json!({ "refresh_token": tokens["refresh_token"] }));
            }
            "POST /api/v1/auth/register" => {
                let new = json!({ "email": address(), "password": PASSWORD, "name": "Zoe" });
                request.body = Some(new);
            }
            "POST /api/v1/auth/verify-email" => {
                let email = address();
                let new = json!({ "email": email, "password": PASSWORD, "name": "Zoe" });
                self.app.stranger().post("/api/v1/auth/register", new).await.accepted();
                self.app.run_jobs().await;
                request.body = Some(json!({ "token": self.mail.last(&email).token() }));
            }
            "POST /api/v1/auth/verify-email/resend" => {
                request.body = Some(json!({ "email": address() }));
            }
            "PATCH /api/v1/users/me" => request.body = Some(json!({ "name": address() })),
            "POST /api/v1/organizations" => request.body = Some(json!({ "name": "Another" })),
            "POST /api/v1/permissions/check" => {
                let check =
                    json!({ "permission": "members:read", "organization_id": organization });
                request.body = Some(json!({ "checks": [check] }));
            }
            "PUT /api/v1/notifications/preferences" => {
                request.body = Some(json!({ "topics": [] }));
            }
            "POST /api/v1/roles" => {
                request.body = Some(platform_role());
            }
            _ if operation.contains("/system/jobs/{id}") => self.job(request).await,
            _ if operation.contains("/invitations/") => self.invited(request).await,
            _ if auth::is_its_own(operation) => self.credentials(request, operation).await,
            _ => self.accounts_and_roles(request, operation).await,
        }
    }

    /// What the administrator's operations on accounts and roles need.
    async fn accounts_and_roles(&self, request: &mut Request, operation: &str) {
        let (_, path) = operation.split_once("/api/v1").unwrap_or_default();
        if path == "/roles/{id}" || path.ends_with("/{role_id}") {
            let administrator = self.actor(self.person(Who::Administrator));
            let made = administrator.post("/api/v1/roles", platform_role()).await.created();
            let role = made["id"].as_str().unwrap().to_owned();
            let name = if path.starts_with("/roles") { "id" } else { "role_id" };
            request.ids.insert(name.into(), role.clone());
            if operation.starts_with("DELETE /api/v1/users") {
                let user = self.person(Who::Nobody).id.clone();
                let path = format!("/api/v1/users/{user}/roles/{role}");
                let given = administrator.send("PUT".parse().unwrap(), &path, "").await;
                given.no_content();
            }
        }
        if path.starts_with("/users/{id}") {
            request.ids.insert("id".into(), self.person(Who::Nobody).id.clone());
        }
        match operation.split_once(' ').unwrap_or_default() {
            ("PATCH", "/api/v1/roles/{id}") => request.body = Some(json!({ "name": "Renamed" })),
            ("POST", path) if path.ends_with("/disable") => {
                let account = self.unregistered(&address()).await;
                request.ids.insert("id".into(), account);
                request.body = Some(json!({ "reason": "a test" }));
            }
            ("POST", path) if path.ends_with("/enable") => {
                let account = self.unregistered(&address()).await;
                let disable = format!("/api/v1/users/{account}/disable");
                let administrator = self.actor(self.person(Who::Administrator));
                administrator.post(&disable, json!({ "reason": "a test" })).await;
                request.ids.insert("id".into(), account);
            }
            _ => self.people(request, operation).await,
        }
    }

    /// Somebody new holds a mailed invitation.
    async fn invited(&self, request: &mut Request) {
        let person = self.account(&address()).await;
        let organization = request.ids["organization_id"].clone();
        let path = format!("/api/v1/organizations/{organization}/invitations");
        let owner = self.actor(self.person(Who::Owner));
        let new = json!({ "email": person.email, "roles": ["member"] });
        owner.post(&path, new).await.created();
        self.app.run_jobs().await;
        request.body = Some(json!({ "token": self.mail.last(&person.email).token() }));
        request.by = Some(person);
    }

    /// A member of the organization with the role of a viewer, who is nobody of the table.
    async fn another_member(&self, request: &Request) -> String {
        let user = self.unregistered(&address()).await;
        self.join(&request.ids["organization_id"], &user, "viewer").await;
        user
    }

    /// Makes a thing in the organization, and answers its id.
    async fn made(&self, request: &Request, owner: Who, path: &str, body: Value) -> String {
        let place = format!("/api/v1/organizations/{}{path}", request.ids["organization_id"]);
        let made = self.actor(self.person(owner)).post(&place, body).await.created();
        made["id"].as_str().unwrap().to_owned()
    }

    async fn as_owner(&self, request: &Request, owner: Who, method: &str, path: &str, body: Value) {
        let place = format!("/api/v1/organizations/{}{path}", request.ids["organization_id"]);
        let method = method.parse().unwrap();
        let done = self.actor(self.person(owner)).send(method, &place, body.to_string()).await;
        assert!(done.status < 300, "{}", done.text);
    }
}

fn role() -> Value {
    let key = format!("r{}", unknown_id());
    json!({ "key": key, "name": "Clerk", "permissions": ["members:read"] })
}

fn platform_role() -> Value {
    let key = format!("r{}", unknown_id());
    json!({ "key": key, "name": "Clerk", "permissions": ["system:read"] })
}

fn invitation() -> Value {
    json!({ "email": address(), "roles": ["viewer"] })
}

fn address() -> String {
    format!("{}@example.com", unknown_id())
}
