//! What operations on one's inbox need.

use serde_json::json;

use crate::contracts::world::{Request, Who, World};

const INBOX: &str = "/api/v1/notifications";

impl World {
    /// Somebody who has just been notified, by an organization of the owner's, and what they send.
    pub(super) async fn notified(&self, request: &mut Request, path: &str, owner: Who) {
        let reader =
            self.person(if owner == Who::Owner { Who::Nobody } else { Who::Viewer }).clone();
        match (request.method.as_str(), path) {
            (_, "/{id}") => {
                let organization = request.ids["organization_id"].clone();
                self.join(&organization, &reader.id, "viewer").await;
                let new = announcement(&json!([reader.id]));
                let path = format!("/api/v1/organizations/{organization}/notifications");
                self.actor(self.person(owner)).post(&path, new).await.accepted();
                self.app.run_duties().await;
                let inbox = self.actor(&reader).get(INBOX).await.ok();
                let id = inbox["items"][0]["id"].as_str().unwrap().to_owned();
                request.ids.insert("id".into(), id);
                request.body = (request.method == "PATCH").then(|| json!({ "read": true }));
                request.by = Some(reader);
            }
            (_, "/mark-all-read") => request.body = Some(json!({ "up_to_seq": 1 })),
            (_, "/tickets") => request.body = Some(json!({ "stream": "websocket" })),
            _ => {}
        }
    }
}

/// Something to say to these.
pub(super) fn announcement(recipients: &serde_json::Value) -> serde_json::Value {
    json!({ "recipients": recipients, "topic": "organizations.announced", "title": "Lunch", "body": "At noon." })
}
