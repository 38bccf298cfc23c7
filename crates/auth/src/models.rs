//! Rows of passwords, sessions, mailed links and signing keys.

pub mod link;
pub mod password;
pub mod session;
pub mod signing_key;
