//! What the features above are told, in the same transaction.

use kernel::{Event, OrganizationId, Permissions};

use crate::RoleId;

/// A role that nobody has goes: whoever hears it objects where something else still names the role.
///
/// The role is held until the transaction ends, and so waits whoever calls [`hold`](crate::hold) with
/// it. Look, then, and lock nothing that is locked before a role is held: each would wait for the
/// other.
pub struct Removing {
    /// Whose role it is; the platform's are [`OrganizationId::PLATFORM`]'s.
    pub organization: OrganizationId,
    /// Which role; it can still be read.
    pub role: RoleId,
}

impl Event for Removing {}

/// Who asks is about to use what they may do in an organization, and what they use is held: whoever
/// knows their standing there reads it again, and objects where it has got less meanwhile.
pub struct Relying {
    /// Where.
    pub organization: OrganizationId,
    /// What they use.
    pub permissions: Permissions,
}

impl Event for Relying {}
