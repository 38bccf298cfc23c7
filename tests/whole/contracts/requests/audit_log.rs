//! What the operations on audit logs need.

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
        if path.contains("{event_id}") {
            let newest = self.actor(reader).get(&format!("{log}?limit=1")).await.ok();
            let id = newest["items"][0]["id"].as_str().unwrap();
            request.ids.insert("event_id".into(), id.to_owned());
        }
    }
}
