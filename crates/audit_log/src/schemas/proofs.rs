//! Checkpoints, proofs and verifications, as clients see them.

use chrono::{DateTime, Utc};
use kernel::Versioned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::{
    digest::Digest,
    models::{
        signed::{KeyId, SigningKey},
        verifications::{State, Verification, VerificationId},
    },
    note::PublicKey,
    stored::StoredEntry,
    verify::walk::Reason,
};

/// What a log was at some size, signed. Who keeps it finds out whatever is changed of those entries later.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckpointOut {
    /// How many entries the log had.
    pub size: u64,
    /// The root of its Merkle tree, in hexadecimal digits.
    #[schema(value_type = String)]
    pub root: Digest,
    /// Both, signed: a checkpoint of <https://c2sp.org/tlog-checkpoint>.
    pub note: String,
    /// The key that verifies the note, as <https://c2sp.org/signed-note> writes it: `name+hash+key`.
    pub public_key: Option<String>,
    /// When it was signed.
    pub created_at: DateTime<Utc>,
}

/// Proves that an entry is in the log that a checkpoint signs.
///
/// `hash` is SHA-256(`previous_hash` ‖ SHA-256(`entry` in canonical form, RFC 8785)), `leaf_hash` is
/// SHA-256(0x00 ‖ `hash`), and `path` leads from there to the checkpoint's root (RFC 9162, 2.1.3).
#[derive(Debug, Serialize, ToSchema)]
pub struct InclusionProofOut {
    /// The entry's place in the log, from 1 on; the index of its leaf is one less.
    pub seq: u64,
    /// The entry as it is stored; `null` once it was kept long enough.
    pub entry: Option<StoredEntry>,
    /// The hash of the seal before it; zeros before the first.
    #[schema(value_type = String)]
    pub previous_hash: Digest,
    /// The hash of its seal.
    #[schema(value_type = String)]
    pub hash: Digest,
    /// The hash of its leaf.
    #[schema(value_type = String)]
    pub leaf_hash: Digest,
    /// What stands beside the way from the leaf to the root, from below.
    #[schema(value_type = Vec<String>)]
    pub path: Vec<Digest>,
    /// What signs the root.
    pub checkpoint: CheckpointOut,
}

/// Between which sizes.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Sizes {
    /// The size of the smaller log.
    #[param(minimum = 1)]
    pub from: u64,
    /// The size of the larger log.
    #[param(minimum = 1)]
    pub to: u64,
}

/// Proves that a log has only grown (RFC 9162, 2.1.4).
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsistencyProofOut {
    /// The size of the smaller log.
    pub from: u64,
    /// Its root.
    #[schema(value_type = String)]
    pub from_root: Digest,
    /// The size of the larger log.
    pub to: u64,
    /// Its root.
    #[schema(value_type = String)]
    pub to_root: Digest,
    /// The proof.
    #[schema(value_type = Vec<String>)]
    pub path: Vec<Digest>,
}

/// A key that signs or has signed checkpoints.
#[derive(Debug, Serialize, ToSchema)]
pub struct SigningKeyOut {
    /// Its id.
    pub id: KeyId,
    /// The 32 bytes of an Ed25519 public key, in base64.
    pub public_key: String,
    /// Since when it signs, until the next.
    pub created_at: DateTime<Utc>,
}

/// What to verify a log with.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub struct VerificationIn {
    /// The `note` of a checkpoint that was kept elsewhere. Without one, whoever can write to the database
    /// and the secrets could have cut off the log's end unseen.
    #[validate(length(max = 2048))]
    #[schema(max_length = 2048)]
    pub checkpoint: Option<String>,
}

/// A verification of a log.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerificationOut {
    /// Its id.
    pub id: VerificationId,
    /// Where it stands.
    #[schema(inline)]
    pub state: State,
    /// Whether the log is sound; `null` while that is not known.
    pub ok: Option<bool>,
    /// How many entries there are to check.
    pub size: i64,
    /// How many have been found sound.
    pub checked: i64,
    /// The first entry that is not, by its `seq`.
    pub first_bad_seq: Option<i64>,
    /// What is wrong with it.
    #[schema(inline)]
    pub reason: Option<Reason>,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// When it last went on.
    pub updated_at: DateTime<Utc>,
    /// How often it has.
    pub version: i64,
}

impl Versioned for VerificationOut {
    fn version(&self) -> i64 {
        self.version
    }
}

impl From<Verification> for VerificationOut {
    fn from(row: Verification) -> Self {
        let done = row.state == State::Done;
        Self {
            id: row.id,
            state: row.state,
            ok: done.then_some(row.first_bad_seq.is_none()),
            size: row.size,
            checked: row.checked,
            first_bad_seq: row.first_bad_seq,
            reason: row.reason,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        }
    }
}

impl From<SigningKey> for SigningKeyOut {
    fn from(row: SigningKey) -> Self {
        let key = row.public.try_into().unwrap_or_default();
        let public_key = PublicKey { name: None, key }.to_string();
        Self { id: row.id, public_key, created_at: row.created_at }
    }
}
