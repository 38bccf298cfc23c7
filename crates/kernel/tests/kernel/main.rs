//! The ground, with a small feature of the tests on it.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "what helps a test may end it")]

mod caches;
mod changes;
mod connection;
mod database;
mod demo;
mod events;
mod house;
mod idempotency;
mod jobs;
mod leases;
mod lists;
mod migrations;
mod postures;
mod replicas;
mod serving;
mod things;
mod wire;
mod writers;
