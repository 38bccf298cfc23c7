//! Bare transactions that add a product and leave no trace of who has added it.

pub mod postgres;
pub mod sqlite;
