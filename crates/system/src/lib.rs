//! System: does it live, is it ready, how busy is it? And who looks after its jobs.
//!
//! # Layout
//!
//! - `router`, `schemas`: `/livez`, `/readyz` and `/api/v1/system/info`; the queue at `/api/v1/system/jobs`
//! - `metrics`: what Prometheus reads, on a listener of its own or behind a token
//! - `permissions`: what one may do with the system
//! - `service`: the checks; jobs looked at, retried and cancelled, followed, and forgotten in the end

mod errors;
mod metrics;
mod permissions;
mod router;
mod schemas;
mod service;

pub use errors::Error;
pub use metrics::{serve_metrics, upkeep};
pub use permissions::{PERMISSIONS, Read, ReadJobs, WriteJobs};
pub use schemas::{HealthOut, InfoOut, JobOut, JobState, ProgressOut};
pub use service::drain;

use std::time::Duration;

use kernel::{Env, Feature};
use service::purge::{DEAD_JOB_DAYS, PurgeJobs};

/// The feature, for the server's list.
pub fn feature(env: &Env) -> Feature {
    Feature::new("system")
        .state(service::System::read(env))
        .prepare(service::begin)
        .routes("/system", router::routes)
        .routes("/system/jobs", router::jobs)
        .root_routes("", router::root)
        .pages(metrics::routes)
        .permissions(PERMISSIONS)
        .settings(&[&DEAD_JOB_DAYS])
        .every::<PurgeJobs>(Duration::from_hours(1))
}
