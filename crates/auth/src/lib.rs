//! Auth: who is this?
//!
//! Registration, sign-in, sessions and their tokens; it answers kernel's port `Authenticate`.
//!
//! # Layout
//!
//! - `router`, `schemas`: the API; `pages`: what mailed links open; `mails`: what is mailed
//! - `service`: one file a journey – `register`, `invited`, `resend`, `verify`, `login`, `refresh`,
//!   `leave`, `bootstrap`; and `purge`
//! - `config`: what an operator may set
//! - `password`: hashing, a few at a time
//! - `token`: access tokens and the keys that sign them, refresh tokens
//! - `authenticate`: from a token to its caller, without a query on the hot path
//! - `models`: rows and the queries on them

mod authenticate;
mod config;
mod errors;
mod mails;
mod models;
mod pages;
mod password;
mod router;
mod schemas;
mod service;
mod token;

pub use errors::Error;
pub use schemas::{LoginIn, Password, RegisterIn, TokensOut};
pub use service::bootstrap::{
    FirstAdministrator, create_administrator, first_administrator, make_up_password,
};

use std::time::Duration;

use kernel::{Env, Feature};

/// The feature, for the server's list.
pub fn feature(env: &Env) -> Feature {
    let auth = service::Auth::new(config::Config::read(env));
    config::with_settings(Feature::new("auth"), env)
        .cache(&auth.sessions)
        .state(auth)
        .declare(mails::ALL)
        .routes("/auth", router::routes)
        .routes("/users/me", router::account)
        .root_routes("/.well-known", router::well_known)
        .pages(pages::routes)
        .on(service::leave::forget)
        .on(service::leave::sign_out)
        .every::<service::purge::Purge>(Duration::from_hours(1))
        .prepare(service::bootstrap::prepare)
        .authenticates(authenticate::Port)
}
