//! What crosses the wire.

mod health;
mod jobs;

pub use health::{CheckOut, HealthOut, InfoOut};
pub use jobs::{JobOut, JobStanding, JobState, JobsFilter, ProgressOut};
