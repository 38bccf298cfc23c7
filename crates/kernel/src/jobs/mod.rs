//! Work that is queued with the row that caused it, and done later: at least once, by one worker at
//! a time.
//!
//! `tx.enqueue(&job)` commits with everything else. A [`Worker`] claims what is due, an organization
//! after the other, holds it by a lease that it renews, and tries again with growing pauses; what
//! fails too often is kept as dead. A [`Duty`] never ends: one process at a time does it. No library can
//! enqueue inside a sea-orm transaction, which is why this is ours.

mod books;
mod claim;
mod context;
mod duty;
mod entity;
mod hand;
mod job;
mod lease;
mod pause;
mod periodic;
mod purge;
mod queue;
mod row;
mod span;
mod stats;
mod worker;

pub use books::{JobFilter, cancel, find, for_change, list, purge, retry};
pub use context::JobContext;
pub use duty::{Duty, Pass, Sentry, Watch};
pub use entity::{JobId, State};
pub use job::{Job, Jobs, Runner};
pub use periodic::Schedule;
pub use row::Model as JobRow;
pub use stats::{Depth, can_be_read, depth};
pub use worker::{Worker, WorkerHandle};

pub(crate) use purge::{PurgeIdempotencyKeys, PurgeInvalidations, PurgeTickets};
