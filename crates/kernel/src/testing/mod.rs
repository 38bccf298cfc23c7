//! The kit of a feature's tests: a database of its own, an application with just some features,
//! callers with just some permissions, a clock that stands still, jobs that run when told, a server
//! that catches mail, and what the database means to do for a query.

mod app;
mod client;
mod clock;
mod database;
mod mail;
mod plan;
mod roster;
mod socket;

pub use app::App;
pub use client::{Actor, Answer};
pub use clock::StoppedClock;
pub use database::{TestDatabase, TestPlace};
pub use mail::{Mail, MailCatcher};
pub use plan::plan;
pub use roster::Roster;
pub use socket::{Said, Socket};
