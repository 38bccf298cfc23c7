//! The binary itself: what it prints, what it refuses, how it ends.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test says what it expects")]

mod commands;
mod process;
mod start;
