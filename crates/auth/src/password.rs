//! Passwords: which ones are taken, and how they are hashed.

mod common;
pub mod hasher;
mod pool;
pub mod rules;
