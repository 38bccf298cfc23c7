//! Endpoints, one file a place.

pub mod flags;
pub mod organization;
pub mod own;
pub mod platform;

use serde::Deserialize;

/// Which setting, as the path says.
#[derive(Deserialize)]
pub struct Named {
    pub key: String,
}
