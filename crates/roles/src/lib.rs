//! Roles: who may do what.
//!
//! So far there is one role, the platform's `administrator`, who holds every platform permission.
//!
//! # Layout
//!
//! - `service`: what an account may do on the platform, and who is an administrator
//! - `models`: rows and the queries on them

mod models;
mod service;

pub use service::{make_administrator, platform_permissions};

use kernel::Feature;

/// The feature, for the server's list.
pub fn feature() -> Feature {
    let roles = service::Roles::default();
    Feature::new("roles").cache(&roles.platform).state(roles)
}
