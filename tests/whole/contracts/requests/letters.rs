//! What the operations on preferences and on organizations' words need: a topic that goes out by mail.

use actix_web::http::Method;
use notifications::{Channel, Topic, Window, Wording, Words};
use serde_json::json;

use super::super::world::{Request, Who, World};

const WORDING: Wording = Wording { about: "A sample.", title: "A sample", body: "" };

/// What the features of this world declare beside the product's own.
pub static TOPICS: &[Topic] = &[Topic {
    key: "sample.topic",
    english: WORDING,
    german: WORDING,
    in_app: Channel::On,
    email: Channel::On,
    window: Window::Immediate,
    words: Words::Ours,
}];

impl World {
    /// `path` is what follows `/notifications/templates`.
    pub(super) async fn letter(&self, request: &mut Request, path: &str, owner: Who) {
        request.ids.insert("topic".into(), "sample.topic".into());
        request.ids.insert("language".into(), "en".into());
        let words = json!({ "subject": "{{ title }}", "body": "{{ title }}" });
        match (request.method.as_str(), path.ends_with("/preview")) {
            ("POST", true) => request.body = Some(json!({})),
            ("PUT", _) => request.body = Some(words),
            ("DELETE", _) => {
                let owner = self.actor(self.person(owner));
                owner.send(Method::PUT, &request.path(), words.to_string()).await.ok();
            }
            _ => {}
        }
    }
}
