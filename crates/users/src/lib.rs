//! Users: accounts and their profiles.
//!
//! How an account proves who it is – passwords, sessions, links – is `auth`'s; here is who it is.
//!
//! # Layout
//!
//! - `router`, `schemas`: one's own profile, and who may use their account
//! - `service`: accounts, for the features above; `service::status`: whether they may be used;
//!   `service::address`: another mail address
//! - `email`: when two mail addresses are one
//! - `events`: what the features above are told
//! - `models`: rows and the queries on them

mod email;
mod errors;
mod events;
mod models;
mod router;
mod schemas;
mod service;

pub use email::{EmailAddress, valid_email};
pub use errors::Error;
pub use events::{Deleted, Disabled, Enabled};
pub use models::{Model as User, Status};
pub use schemas::{ProfileIn, UserOut, valid_locale, valid_name};
pub use service::{
    NewUser, address::change_email, any, by_email, by_emails, by_id, by_ids, create, delete, hold,
    hold_by_email, verify_email,
};

use kernel::{Feature, View};

kernel::permissions! { View:
    /// See accounts, and where they are signed in.
    Read = "users:read",
    /// Make accounts, say who may use theirs, and sign them out.
    Write = "users:write",
}

/// The feature, for the server's list.
pub fn feature() -> Feature {
    Feature::new("users").routes("/users", router::routes).permissions(PERMISSIONS)
}
