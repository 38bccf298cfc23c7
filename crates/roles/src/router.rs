//! The endpoints: permissions, roles at their two places, and who has which on the platform.

pub mod assignments;
pub mod organization;
pub mod permissions;
pub mod platform;
