//! What the operations on audit logs need: an entry – for its proof one that is sealed and signed –, a
//! log that is not being verified, a verification.

use serde_json::json;

use super::super::world::{Person, Request, World};

impl World {
    /// `path` is what follows `/audit-log`; `log` is where this log is, and `reader` may read it.
    pub(super) async fn entry(
        &self,
        request: &mut Request,
        path: &str,
        log: &str,
        reader: &Person,
    ) {
        match (request.method.as_str(), path) {
            (_, "/{event_id}") => {
                let newest = self.actor(reader).get(&format!("{log}?limit=1")).await.ok();
                let id = newest["items"][0]["id"].as_str().unwrap();
                request.ids.insert("event_id".into(), id.to_owned());
            }
            (_, "/{event_id}/proof") => {
                self.app.run_duties().await;
                let oldest =
                    self.actor(reader).get(&format!("{log}?sort=created_at&limit=1")).await.ok();
                let id = oldest["items"][0]["id"].as_str().unwrap();
                request.ids.insert("event_id".into(), id.to_owned());
            }
            ("POST", "/verify") => {
                self.app.run_jobs().await; // one may go on
                request.body = Some(json!({}));
            }
            (_, "/verifications/{id}") => {
                self.app.run_jobs().await;
                let begun = self.actor(reader).post(&format!("{log}/verify"), json!({})).await;
                assert_eq!(begun.status, 202, "{}", begun.text);
                request.ids.insert("id".into(), begun.body["id"].as_str().unwrap().into());
            }
            (_, "/consistency") => {
                self.app.run_duties().await;
                request.query = "?from=1&to=1";
            }
            (_, "/checkpoints/latest") => {
                self.app.run_duties().await;
            }
            (_, "/export") => request.query = "?format=csv",
            (_, "/stream") => self.app.ground.end_streams(), // who comes is told to come again
            _ => {}
        }
    }
}
