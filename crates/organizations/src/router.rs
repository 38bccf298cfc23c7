//! Endpoints.

pub mod announcements;
pub mod checks;
pub mod invitations;
pub mod members;
pub mod organizations;
