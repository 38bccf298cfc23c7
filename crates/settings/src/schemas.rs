//! What crosses the wire.

pub mod flags;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use kernel::{
    SettingScope, Versioned,
    settings::{Declared, Definition},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::{Validate, ValidationErrors};

use crate::models::{Content, SealedRow, revision::Revision};

/// A value to set.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct SettingIn {
    /// The value, as the setting's schema wants it.
    pub value: Json,
    /// Whether nobody below may set another. Where it is left out they may.
    #[serde(default)]
    pub lock: bool,
}

/// Several settings by their keys: a value to set, or `null` to inherit it again.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(example = json!({ "organizations.invitation_days": 14 }))]
pub struct SettingsIn(pub BTreeMap<String, Json>);

impl Validate for SettingsIn {
    fn validate(&self) -> Result<(), ValidationErrors> {
        Ok(()) // what is good is the settings' to say
    }
}

/// Which revision to bring back.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct RollbackIn {
    /// Its number in the history.
    #[validate(range(min = 1))]
    #[schema(minimum = 1)]
    pub revision: i64,
}

/// Where a value that counts comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Nobody has set one.
    Default,
    /// The platform.
    Platform,
    /// The organization.
    Organization,
    /// The account itself.
    User,
}

/// A setting, and what counts at this place.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingOut {
    /// Its name.
    #[schema(example = "organizations.invitation_days")]
    pub key: &'static str,
    /// The value that counts. Of a secret it says no more than whether one is set: `{"is_set": true}`.
    pub value: Json,
    /// Where that value comes from.
    pub source: Source,
    /// Whether it is locked here or above: nobody below the lock may set another. A flag's rule about an
    /// organization locks it there.
    pub locked: bool,
    /// Whether what is set at this place is not good any more, as after a release that takes other
    /// values. It does not count then, though a lock on it does: set another.
    pub outdated: bool,
    /// How often it was changed at this place; its `ETag`.
    pub version: i64,
}

/// Some settings, and what counts at this place.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingsOut {
    /// Those that were named, by key.
    pub items: Vec<SettingOut>,
}

/// What a setting was set to, from a time on.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingRevisionOut {
    /// Its number: the version that the setting had at this place.
    pub revision: i64,
    /// Whether anything was set; else it was inherited from then on.
    pub is_set: bool,
    /// The value, `null` where none was set; of a secret no more than `{"is_set": true}`.
    #[schema(required = true)]
    pub value: Option<Json>,
    /// Whether nobody below could set another.
    pub locked: bool,
    /// Who set it.
    pub actor: ActorOut,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// Who has set something.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SettingActorOut)]
pub struct ActorOut {
    /// What they are: `user`, `service_account` or `system`.
    pub r#type: String,
    /// Which.
    pub id: Uuid,
}

/// Something that may be set.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingDefinitionOut {
    /// Its name.
    #[schema(example = "organizations.invitation_days")]
    pub key: &'static str,
    /// What it decides.
    pub sentence: &'static str,
    /// What kind of value it takes: `whole_number`, `text`, `choice`, `switch`, `list`, `secret`, …
    #[schema(example = "whole_number")]
    pub kind: &'static str,
    /// The values it takes, as a JSON Schema (draft 2020-12).
    #[schema(value_type = Object)]
    pub schema: Json,
    /// What holds while nobody has set it; `null` for a secret.
    pub default: Json,
    /// Who may set it: `platform`, `organization`, `user`.
    pub scopes: Vec<&'static str>,
    /// Whether nobody may see a value once it is set.
    pub secret: bool,
}

impl SettingDefinitionOut {
    /// A setting as clients see it.
    pub fn of(declared: &Declared) -> Self {
        let it = declared.definition;
        Self {
            key: it.key(),
            sentence: it.sentence(),
            kind: it.kind(),
            schema: it.schema(),
            default: declared.default.clone(),
            scopes: it.scopes().iter().map(|scope| word(*scope)).collect(),
            secret: it.is_secret(),
        }
    }
}

impl SettingRevisionOut {
    /// A revision as clients see it.
    pub fn of(definition: &dyn Definition, row: Revision) -> Self {
        let value = shown(definition, &row.content());
        let actor = ActorOut { r#type: row.actor_type, id: row.actor_id };
        let Revision { revision, locked, created_at, .. } = row;
        Self { revision, is_set: value.is_some(), value, locked, actor, created_at }
    }
}

impl Versioned for SettingOut {
    fn version(&self) -> i64 {
        self.version
    }
}

impl From<SettingScope> for Source {
    fn from(scope: SettingScope) -> Self {
        match scope {
            SettingScope::Platform => Self::Platform,
            SettingScope::Organization => Self::Organization,
            SettingScope::User => Self::User,
        }
    }
}

/// What may be seen of a value; `None` where nothing is set. A secret stays one, whichever of the two
/// says that it is.
pub fn shown(definition: &dyn Definition, content: &Content) -> Option<Json> {
    match content {
        Content::Unset => None,
        Content::Plain(value) if !definition.is_secret() => Some(value.clone()),
        Content::Plain(_) | Content::Sealed { .. } => Some(json!({ "is_set": true })),
    }
}

fn word(scope: SettingScope) -> &'static str {
    match scope {
        SettingScope::Platform => "platform",
        SettingScope::Organization => "organization",
        SettingScope::User => "user",
    }
}
