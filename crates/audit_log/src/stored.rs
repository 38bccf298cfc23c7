//! An entry as it is stored, which is what its seal is over; and the lines of an export that can be
//! verified offline.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use kernel::{OrganizationId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{canonical::canonical, digest::Digest, models::EntryId, models::EntryRow};

/// An entry as it is stored. Its seal is over this object in canonical form (RFC 8785): the hash of
/// seal n is SHA-256(hash of seal n-1 ‖ SHA-256(canonical bytes)), that before the first being 32 zero
/// bytes. What is personal is encrypted under the person's own key, so erasing them changes nothing
/// here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StoredEntry {
    /// Its id.
    pub id: EntryId,
    /// Whose log it is in; nil is the platform's.
    pub organization_id: OrganizationId,
    /// What was done, as `thing.done`.
    pub action: String,
    /// How it came out.
    pub outcome: String,
    /// What kind of actor did it.
    pub actor_type: String,
    /// Who did it.
    pub actor_id: Uuid,
    /// To what kind of thing.
    pub target_type: String,
    /// To which thing.
    pub target_id: Uuid,
    /// What changed, but for what is personal.
    #[schema(value_type = Object)]
    pub changes: Value,
    /// Under whose key `personal` is.
    pub person_id: UserId,
    /// What changed of a person, encrypted, in base64.
    pub personal: Option<String>,
    /// Under whose key `origin` is.
    pub origin_person_id: UserId,
    /// Address and user agent, encrypted, in base64.
    pub origin: Option<String>,
    /// The request it was part of.
    pub request_id: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// A line of an NDJSON export; whoever verifies it passes over members that it does not know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ExportLine {
    /// The first line of an export that does not begin with the log's first entry: what came before.
    Start {
        /// How many entries came before.
        size: u64,
        /// The hash of the last of them, in hexadecimal digits.
        #[schema(value_type = String)]
        hash: Digest,
        /// The roots of the complete subtrees over them, the largest first.
        #[schema(value_type = Vec<String>)]
        peaks: Vec<Digest>,
    },
    /// An entry, by its seal; they stand in the order of `seq`, without a gap.
    Entry {
        /// Its place in the log, from 1 on.
        seq: u64,
        /// The hash of its seal, in hexadecimal digits.
        #[schema(value_type = String)]
        hash: Digest,
        /// What is stored of it.
        entry: Box<StoredEntry>,
    },
    /// The last line: what signs all lines before it.
    Checkpoint {
        /// Size and root, as a C2SP signed note.
        note: String,
    },
}

impl StoredEntry {
    /// The hash of its seal, after the seal of `previous`.
    pub fn link(&self, previous: Digest) -> Digest {
        let document = serde_json::to_value(self).unwrap_or_default(); // it has nothing JSON lacks
        Digest::link(previous, &canonical(&document))
    }
}

impl From<EntryRow> for StoredEntry {
    fn from(row: EntryRow) -> Self {
        let text = |blob: Option<Vec<u8>>| blob.map(|blob| STANDARD.encode(blob));
        Self {
            id: row.id,
            organization_id: row.organization_id,
            action: row.action,
            outcome: row.outcome,
            actor_type: row.actor_type,
            actor_id: row.actor_id,
            target_type: row.target_type,
            target_id: row.target_id,
            changes: row.changes,
            person_id: row.person_id,
            personal: text(row.personal),
            origin_person_id: row.origin_person_id,
            origin: text(row.origin),
            request_id: row.request_id,
            created_at: row.created_at,
        }
    }
}
