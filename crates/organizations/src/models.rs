//! The rows of organizations, memberships and invitations, and the queries on them.

pub mod invitation;
pub mod membership;
pub mod organization;
