//! Auth: who is this?
//!
//! Registration, sign-in, sessions and their tokens; it answers kernel's port `Authenticate`.
//!
//! # Layout
//!
//! - `router`, `schemas`: the API; `pages`: what mailed links open; `mails`, `topics`: what is mailed, and
//!   notified of
//! - `service`: one file a journey. To an account: `register`, `invited`, `resend`, `verify`, `create`,
//!   `bootstrap`, `supersede`. To a session: `login` with `compare` and `greet`, `refresh`, `reauthenticate`,
//!   `sessions`. Of credentials: `forgot`, `reset`, `change_password`, `change_email`. Away: `leave`,
//!   `ends`. Beside them: `behind`, what must not tell whether there is an account; `links`; `rotate`,
//!   signing keys; `purge`; `export`, what is held on somebody
//! - `config`: what an operator may set
//! - `password`: which are taken, and hashing, a few at a time
//! - `device`: from where somebody is signed in
//! - `token`: access tokens and the keys that sign them, refresh tokens
//! - `authenticate`: from a token to its caller, without a query on the hot path
//! - `models`: rows and the queries on them

mod authenticate;
mod config;
mod device;
mod errors;
mod mails;
mod models;
mod pages;
mod password;
mod router;
mod schemas;
mod service;
mod token;
mod topics;

pub use errors::Error;
pub use schemas::{LoginIn, Password, RegisterIn, TokensOut};
pub use service::create::mail_reset;
pub use service::{
    bootstrap::{FirstAdministrator, create_administrator, first_administrator, make_up_password},
    rotate::{Begins, KeyTold, keys, revoke, rotate},
};

use std::time::Duration;

use kernel::{Env, Feature, View};

/// How many passwords this process has hashed or compared so far.
pub fn hashed(view: &View) -> u64 {
    view.of::<service::Auth>().hasher.done()
}

/// The feature, for the server's list.
pub fn feature(env: &Env) -> Feature {
    let auth = service::Auth::new(config::Config::read(env));
    config::with_settings(Feature::new("auth"), env)
        .cache(&auth.sessions)
        .cache(&auth.keys.ring)
        .state(auth)
        .declare(mails::ALL)
        .declare(topics::ALL)
        .exports("sessions", service::sessions::export)
        .routes("/auth", router::routes)
        .routes("/users", router::users)
        .routes("/users/me", router::account)
        .root_routes("/.well-known", router::well_known)
        .pages(pages::routes)
        .exports("passwords", service::export::passwords)
        .exports("mailed_links", service::export::links)
        .exports("known_devices", service::export::devices)
        .on(service::leave::forget)
        .on(service::leave::erase)
        .on(service::leave::sign_out)
        .job::<service::register::Register>()
        .job::<service::resend::MailProof>()
        .job::<service::forgot::MailReset>()
        .job::<service::change_email::MailNewAddress>()
        .every::<service::purge::Purge>(Duration::from_hours(1))
        .every::<service::rotate::RotateKeys>(Duration::from_hours(1))
        .prepare(service::bootstrap::prepare)
        .authenticates(authenticate::Port)
}
