//! The rows of roles and assignments, and the queries on them.

pub mod assignment;
pub mod held;
pub mod role;
