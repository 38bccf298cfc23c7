//! Settings: what may be set while the server runs, and what it is set to.
//!
//! A feature declares its settings in code and reads them there, through kernel's
//! [`Setting`](kernel::Setting); it need not know this crate, which keeps the values and answers
//! kernel's port `Settle`. What the platform has set lies above what an organization has, and that
//! above what an account has: the lowest that is set counts, unless one above it is locked.
//!
//! # Layout
//!
//! - `router`, `schemas`: definitions, and the values of the three places
//! - `permissions`: who may see and set values
//! - `place`: whose values
//! - `service::inherit`: which of the values above one another counts
//! - `service::known`: the values as code reads them, in memory
//! - `service::read`, `service::write`: the values as clients see and change them
//! - `service::sealing`, `service::reseal`: secrets at rest, and new keys for them
//! - `router::flags`, `service::flags`: flags, for stock clients of OpenFeature
//! - `service::forget`: what goes with an organization or an account; `service::export`: what an
//!   account has set
//! - `models`: rows and the queries on them

mod errors;
mod models;
mod place;
mod router;
mod schemas;
mod service;

pub mod permissions;

pub use errors::Error;
pub use service::forget::{forget_account, forget_organization};

use std::time::Duration;

use kernel::Feature;

/// The feature, for the server's list.
pub fn feature() -> Feature {
    let settings = service::known::Settings::default();
    Feature::new("settings")
        .cache(&settings.values)
        .state(settings)
        .permissions(permissions::platform::PERMISSIONS)
        .permissions(permissions::organization::PERMISSIONS)
        .routes("/settings", router::platform::routes)
        .routes("/users/me/settings", router::own::routes)
        .organization_routes("/settings", router::organization::routes)
        .organization_routes("/ofrep/v1/evaluate/flags", router::flags::routes)
        .every::<service::reseal::Reseal>(Duration::from_hours(1))
        .exports("settings", service::export::values)
        .exports("setting_revisions", service::export::revisions)
        .settles(service::known::Port)
}
