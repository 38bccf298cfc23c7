//! The audit log: what happened, who did it and when.
//!
//! [`record`] leaves an entry with the transaction of the change it is about, so that both stand or
//! neither does. What is personal in it is encrypted under a key of the person concerned: destroying
//! the key erases the person and alters no entry.
//!
//! # Layout
//!
//! - `router`, `schemas`: the log as those read it who may
//! - `entry`: what a feature says of a change, and the types that know what of them is personal
//! - `service`: recording, listing, erasing a person; `service::refusals`: what the gate refused;
//!   `service::months`: the partitions of the log
//! - `pile`: entries on their way to the table; `order`: their ids, in the order of time
//! - `keys`: the people's own keys
//! - `models`: rows and the queries on them

mod entry;
mod errors;
mod export;
mod keys;
mod models;
mod order;
mod pile;
mod router;
mod schemas;
mod service;

pub use entry::{Audited, Entry, Outcome, Target};
pub use errors::Error;
pub use models::EntryId;
pub use schemas::{AuditEntryOut, AuditFilter, PartyOut};
pub use service::{about, erase_person, of, record};

use std::time::Duration;

use kernel::{Feature, View};

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
pub fn feature() -> Feature {
    let log = service::AuditLog::default();
    Feature::new("audit_log")
        .cache(&log.keys)
        .state(log)
        .routes("/audit-log", router::routes)
        .organization_routes("/audit-log", router::organization::routes)
        .permissions(PERMISSIONS)
        .permissions(organization::PERMISSIONS)
        .on(service::refusals::remember)
        .every::<service::months::MakeMonths>(Duration::from_hours(24))
        .exports("audit_log_by", export::by)
        .exports("audit_log_to", export::to)
        .exports("audit_log_about", export::about)
}
