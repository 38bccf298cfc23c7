//! What the operations on settings need: one that may be set everywhere, so that each place has one.

use actix_web::http::Method;
use kernel::{
    Setting, SettingScope,
    settings::{Definition, Whole},
};
use serde_json::{Value, json};

use super::super::world::{Person, Request, World};

const KEY: &str = "sample.number";

static NUMBER: Setting<Whole> = Setting {
    key: KEY,
    sentence: "Something that may be set on the platform, in organizations and by accounts.",
    kind: Whole { least: 0, most: 1_000_000 },
    default: 1,
    scopes: &[SettingScope::Platform, SettingScope::Organization, SettingScope::User],
};

/// What the features of this world declare beside the product's own.
pub static SAMPLES: &[&dyn Definition] = &[&NUMBER];

impl World {
    /// `path` is what follows `/settings`; `place` is where these settings are, and `by` may set them.
    pub(super) async fn setting(
        &self,
        request: &mut Request,
        path: &str,
        place: &str,
        by: &Person,
    ) {
        request.ids.insert("key".into(), KEY.into());
        let other = json!({ "value": u64::from(u32::from_be_bytes(kernel::random::<4>())) % 1000 });
        match (request.method.as_str(), path) {
            ("PATCH", "") => request.body = Some(json!({ KEY: other["value"] })),
            ("PUT", _) => request.body = Some(other),
            ("DELETE", _) => self.set(place, by, other).await,
            ("POST", _) => {
                self.set(place, by, json!({ "value": 7 })).await;
                let now = self.actor(by).get(&format!("{place}/{KEY}")).await.ok();
                self.set(place, by, other).await;
                request.body = Some(json!({ "revision": now["version"] }));
            }
            _ => {}
        }
    }

    async fn set(&self, place: &str, by: &Person, value: Value) {
        let path = format!("{place}/{KEY}");
        self.actor(by).send(Method::PUT, &path, value.to_string()).await.ok();
    }
}
