//! Mail about notifications: planned when they are delivered, gathered by topic and window, sent once,
//! and ended by whoever reads it with one click.
//!
//! A notification is an item of one mail or of none: its id is the key of [`item`]s, and the mail that
//! takes it is written into it in the statement that looks whether another has. The mail's id is its
//! `Message-ID`, however often a crash has it sent.

pub mod bounce;
mod digest;
pub mod item;
mod plan;
mod purge;
pub mod unsubscribe;

pub use digest::{FRAME, SendDigest};
pub use plan::{PlanMails, TakeItems, plan};
pub use purge::PurgeItems;
