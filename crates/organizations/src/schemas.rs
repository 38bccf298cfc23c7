//! What crosses the wire.

pub mod checks;
pub mod invitations;
pub mod members;
pub mod organizations;
