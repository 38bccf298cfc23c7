//! The binary itself: what it prints, what it refuses, how it ends, and what it bears.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test says what it expects")]
#![expect(clippy::indexing_slicing, reason = "a test says where it expects it")]
#![expect(clippy::print_stdout, reason = "who runs the long forms reads what they proved")]

mod audit;
mod books;
mod cluster;
mod commands;
mod crowd;
mod faults;
mod ledger;
mod process;
mod push;
mod replicas;
mod start;
mod telemetry;
mod wire;
