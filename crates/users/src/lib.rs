//! Users: accounts and their profiles.
//!
//! How an account proves who it is – passwords, sessions, links – is `auth`'s; here is who it is.
//!
//! # Layout
//!
//! - `router`, `schemas`: one's own account; all of them, for administrators
//! - `service`: accounts, for the features above; `manage`: for administrators; `status`: whether they
//!   may be used; `address`: another mail address; `deletion`: hidden, restored, erased; `export`:
//!   everything that is held on a person; `words`: of accounts older than their index
//! - `config`: what an operator may set
//! - `email`: when two mail addresses are one
//! - `events`: what the features above are told
//! - `models`: rows and the queries on them

mod config;
mod email;
mod errors;
mod events;
mod models;
mod router;
mod schemas;
mod service;

pub use email::{EmailAddress, valid_email};
pub use errors::Error;
pub use events::{Deleted, Disabled, Enabled, Erased, Restored};
pub use models::{Model as User, Status};
pub use schemas::{ProfileIn, UserOut, valid_locale, valid_name};
pub use service::{
    NewUser, address::change_email, any, by_email, by_emails, by_id, by_ids, create,
    deletion::delete, hold, hold_by_email, verify_email,
};

use std::time::Duration;

use kernel::{Feature, View};

kernel::permissions! { View:
    /// See everybody's account, and where they are signed in.
    Read = "users:read",
    /// Make, change, disable, delete and restore everybody's account, and sign them out.
    Write = "users:write",
}

/// The feature, for the server's list.
pub fn feature() -> Feature {
    Feature::new("users")
        .routes("/users", router::routes)
        .permissions(PERMISSIONS)
        .settings(&[&config::DELETED_DAYS])
        .exports("users", service::export::account)
        .every::<service::status::EnableDue>(Duration::from_mins(1))
        .every::<service::deletion::Erase>(Duration::from_hours(1))
        .every::<service::words::EnterWords>(Duration::from_hours(1))
}
