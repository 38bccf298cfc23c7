//! The server: the features put together, mounted and started.
//!
//! # Layout
//!
//! - `features`: the list, one line each
//! - `cli`: the command line; `commands`: what it does besides serving
//! - `config`: what an operator may set; `secrets`: the root keys
//! - `start`: from an environment to a house on a database
//! - `serve`: listening, working, and ending well
//! - `docs`: the OpenAPI document and its browser
//! - `telemetry`: logs and traces; `unread`: bodies that are not read to their end

mod cli;
mod commands;
mod config;
mod docs;
mod errors;
mod features;
mod secrets;
mod serve;
mod start;
mod telemetry;
mod unread;

pub use cli::main;
pub use config::Config;
pub use docs::complete;
pub use errors::StartError;
pub use features::features;
pub use serve::{Running, Task, launch};
pub use start::{Started, start};
