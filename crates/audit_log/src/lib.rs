//! The audit log: what happened, who did it and when.
//!
//! [`record`] leaves an entry with the transaction of the change it is about, so that both stand or
//! neither does. What is personal in it is encrypted under a key of the person concerned: destroying
//! the key erases the person and alters no entry.
//!
//! Soon after, a sealer gives each entry its `seq` in its organization's log and links it to the one
//! before: `hash = H(previous ‖ H(canonical bytes))`. Over the links stands a Merkle tree (RFC 9162),
//! whose root is signed again and again: who keeps a checkpoint finds out whatever is changed later.
//!
//! # Layout
//!
//! - `router`, `schemas`: the log as those read it who may
//! - `entry`: what a feature says of a change, and the types that know what of them is personal
//! - `service`: recording, listing, erasing a person; `service::refusals`: what the gate refused;
//!   `service::months`: the partitions of the log
//! - `pile`: entries on their way to the table; `order`: their ids, in the order of time
//! - `keys`: the people's own keys
//! - `export`: what the log says of a person, for their archive
//! - `stored`: an entry as its seal covers it, and the lines of an export that can be verified, which
//!   `lines` reads; `canonical`: RFC 8785; `digest`: SHA-256
//! - `sealer`: seals, in the background; `tree`: RFC 9162; `checkpoint`, `note`, `signing`: signed heads
//! - `proof`: what proves an entry, or that a log has only grown; `verify`: whether all of it is sound
//! - `models`: rows and the queries on them

mod canonical;
mod checkpoint;
mod digest;
mod entry;
mod errors;
mod export;
mod keys;
mod lines;
mod models;
mod note;
mod order;
mod pile;
mod proof;
mod router;
mod schemas;
mod sealer;
mod service;
mod signing;
mod stored;
mod tree;
mod verify;

pub use checkpoint::{sign_anchor, sign_checkpoint};
pub use digest::Digest;
pub use entry::{Audited, Entry, Outcome, Target};
pub use errors::Error;
pub use lines::{ExportPlan, exported, plan_export};
pub use models::{
    EntryId,
    seals::{lag, unsealed},
    signed::{AnchorRow, CheckpointRow},
};
pub use note::{Head, NoteError, PublicKey};
pub use schemas::{AuditEntryOut, AuditFilter, PartyOut};
pub use service::{about, erase_person, of, record, retention::RETENTION_MONTHS};
pub use signing::rotate as rotate_signing_key;
pub use stored::{ExportLine, StoredEntry};
pub use verify::{
    export::{ExportError, Sound, verify_export},
    walk::{Bad, Reason},
};

use std::time::Duration;

use kernel::{Env, Feature, View};

kernel::permissions! { View:
    /// Read the platform's audit log.
    Read = "audit_log:read",
}

/// What may be done in an organization.
pub mod organization {
    kernel::permissions! { kernel::OrgView:
        /// Read the organization's audit log, and verify it.
        Read = "audit_log:read" for Admin,
    }
}

/// The feature, for the server's list.
pub fn feature_of(env: &Env) -> Feature {
    at(&env.public_url())
}

/// The feature, for the tests of those above it.
pub fn feature() -> Feature {
    at("http://localhost")
}

fn at(url: &str) -> Feature {
    let log = service::AuditLog::at(url);
    Feature::new("audit_log")
        .cache(&log.keys)
        .state(log)
        .prepare(signing::prepare)
        .duty::<sealer::Sealer>()
        .job::<verify::job::Verify>()
        // Before those that end in an id.
        .routes("/audit-log", router::proofs::routes)
        .routes("/audit-log", router::routes)
        .organization_routes("/audit-log", router::proofs::organization_routes)
        .organization_routes("/audit-log", router::organization::routes)
        .permissions(PERMISSIONS)
        .permissions(organization::PERMISSIONS)
        .settings(&[&RETENTION_MONTHS])
        .on(service::refusals::remember)
        .every::<service::retention::Prune>(Duration::from_hours(24))
        .every::<service::months::MakeMonths>(Duration::from_hours(24))
        .exports("audit_log_by", export::by)
        .exports("audit_log_to", export::to)
        .exports("audit_log_about", export::about)
}
