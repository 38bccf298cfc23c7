//! The ground, with a small feature of the tests on it.
#![recursion_limit = "256"] // futures of whole applications are deep
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "what helps a test may end it")]

mod attempts;
mod by_id;
mod caches;
mod changes;
mod company;
mod connection;
mod database;
mod demo;
mod duties;
mod events;
mod fences;
mod files;
mod house;
mod idempotency;
mod jobs;
mod lanes;
mod leases;
mod listening;
mod lists;
mod migrations;
mod postures;
mod replicas;
mod serving;
mod things;
mod wire;
mod writers;
