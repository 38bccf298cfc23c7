//! The binary itself: what it prints, what it refuses, how it ends, and what it bears.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test says what it expects")]

mod books;
mod cluster;
mod commands;
mod faults;
mod ledger;
mod process;
mod start;
mod wire;
