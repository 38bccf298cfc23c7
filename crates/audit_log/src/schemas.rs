//! The log as those read it who may.

pub mod export;
pub mod proofs;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use crate::{EntryId, Outcome, keys::Keys, models::EntryRow, pile::Revealed};

/// Which entries.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AuditFilter {
    /// What was done, as `thing.done`.
    #[validate(length(max = 64))]
    #[param(max_length = 64, example = "user.registered")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor_id: Option<Uuid>,
    /// To what kind of thing.
    #[validate(length(max = 64))]
    #[param(max_length = 64, example = "user")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_type: Option<String>,
    /// To which thing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_id: Option<Uuid>,
    /// How it came out.
    #[param(inline)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// From when on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// Before when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<DateTime<Utc>>,
}

/// One thing that happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntryOut {
    /// Its id.
    pub id: EntryId,
    /// Its place in the log, which is gapless from 1 on; `null` until it is sealed, soon after.
    #[schema(required = true)]
    pub seq: Option<i64>,
    /// What was done, as `thing.done`.
    pub action: String,
    /// How it came out: `success`, `denied` or `failure`.
    pub outcome: String,
    /// Who did it.
    pub actor: PartyOut,
    /// To which thing.
    pub target: PartyOut,
    /// What changed, member by member, each with `from` and `to`. What is personal is missing once
    /// the person has been erased.
    #[schema(value_type = Object)]
    pub changes: Value,
    /// The request it was part of; empty for jobs and the command line.
    pub request_id: String,
    /// The address it came from.
    pub ip: Option<String>,
    /// What the client called itself.
    pub user_agent: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// A party to what happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartyOut {
    /// What it is: `user`, `service_account`, `system` or `anonymous` for who acts, else a kind of
    /// thing.
    pub r#type: String,
    /// Which.
    pub id: Uuid,
}

impl AuditFilter {
    /// Whether it leaves everything.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl AuditEntryOut {
    pub(crate) fn of(row: EntryRow, seq: Option<i64>, keys: &Keys) -> Self {
        let Revealed { personal, origin } = Revealed::of(&row, keys);
        let told = |name: &str| Some(origin.as_ref()?.get(name)?.as_str()?.to_owned());
        let (ip, user_agent) = (told("ip"), told("user_agent"));
        let mut changes = row.changes;
        if let (Value::Object(changes), Some(Value::Object(personal))) = (&mut changes, personal) {
            changes.extend(personal);
        }
        Self {
            id: row.id,
            seq,
            action: row.action,
            outcome: row.outcome,
            actor: PartyOut { r#type: row.actor_type, id: row.actor_id },
            target: PartyOut { r#type: row.target_type, id: row.target_id },
            changes,
            request_id: row.request_id,
            ip,
            user_agent,
            created_at: row.created_at,
        }
    }
}
