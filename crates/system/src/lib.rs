//! System: does it live, is it ready, how busy is it?
//!
//! # Layout
//!
//! - `router`, `schemas`: `/livez`, `/readyz` and `/api/v1/system/info`
//! - `metrics`: what Prometheus reads, on a listener of its own or behind a token
//! - `service`: the checks

mod metrics;
mod router;
mod schemas;
mod service;

pub use metrics::{serve_metrics, upkeep};
pub use schemas::{HealthOut, InfoOut};
pub use service::drain;

use kernel::{Env, Feature, View};

kernel::permissions! { View:
    /// See how the system is doing.
    Read = "system:read",
}

/// The feature, for the server's list.
pub fn feature(env: &Env) -> Feature {
    Feature::new("system")
        .state(service::System::read(env))
        .prepare(service::begin)
        .routes("/system", router::routes)
        .root_routes("", router::root)
        .pages(metrics::routes)
        .permissions(PERMISSIONS)
}
