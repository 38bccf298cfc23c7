//! Rows of passwords, sessions, the devices they are used from, mailed links and signing keys.

pub mod device;
pub mod link;
pub mod password;
pub mod session;
pub mod signing_key;
