//! The ground every feature stands on: who asks, what they may do, one way to the database, one
//! way to answer. It holds what two features need and what has no opinion on the business.
//!
//! # Layout
//!
//! From the ground up, though a door and its house need one another:
//!
//! - [`mod@id`], [`token`], [`clock`], [`keyring`], [`mod@env`]: ids, time, secrets and the environment
//! - [`trace`]: where work stands in a trace that others follow too
//! - [`problem`]: what can go wrong, from a feature's error to the one body clients read
//! - [`access`]: callers and sets of permissions
//! - [`db`]: connections, views and transactions, events, caches, pages, what is held on people
//! - [`settings`]: what may be set while the server runs
//! - [`http`]: what crosses the wire
//! - [`gate`]: who may pass, and the door a handler gets
//! - [`jobs`]: work that is queued with the row that caused it
//! - [`words`]: what texts are found by
//! - [`feature`], [`house`], [`api`]: a feature as one value; all of them put together and mounted
//! - `testing`: the kit of the features' tests
//!
//! A request goes [`http::edge`] → [`gate::authenticate`] → [`gate::authorize`] (inside an
//! organization) → [`Can`] → the feature's handler, service and models.

pub mod access;
pub mod api;
pub mod clock;
pub mod db;
mod document;
pub mod env;
pub mod feature;
mod folder;
pub mod gate;
pub mod house;
pub mod http;
pub mod id;
pub mod jobs;
pub mod keyring;
mod mount;
pub mod problem;
pub mod settings;
#[cfg(feature = "testing")]
pub mod testing;
pub mod token;
pub mod trace;
pub mod words;

pub use access::{Actor, Caller, Grantable, Origin, Origins, Permissions, Rank};
pub use api::Ground;
pub use clock::{Clock, SystemClock};
pub use db::{
    Asker, Cache, Claimed, Db, Door, Event, Exported, Global, Leaving, Listing, OnUnique, OrgTx,
    OrgView, PageOf, Scope, Signals, SystemView, Tenanted, Tx, Versioned, View, for_change,
};
pub use env::{ConfigError, Env};
pub use feature::{Feature, Routes};
pub use folder::private_folder;
pub use gate::{
    Anyone, Authenticate, Authorize, Can, Download, Events, Fresh, Insider, Knocked, Permission,
    Recently, Refused, SignedIn, Site, Why,
};
pub use house::House;
pub use http::{
    Accepted, At, Composite, Created, FileKind, Form, LastEventId, Merge, NoContent, Page,
    PageParameters, Query, Resource, ServerEvent, Upload, Valid,
};
pub use id::{OrganizationId, ServiceAccountId, SessionId, UserId, random};
pub use jobs::{Duty, Job, JobContext, Watch};
pub use keyring::Keyring;
pub use problem::{Fault, Invalid, Kind, Problem, Refusal};
pub use settings::{Setting, SettingScope, Settle};
