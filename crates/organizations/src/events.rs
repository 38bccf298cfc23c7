//! What the features above are told, in the same transaction.

use kernel::{Event, OrganizationId};

/// An organization that was deleted long ago is erased: whoever hears it removes what they hold of
/// it.
pub struct Erased {
    /// Which organization.
    pub organization: OrganizationId,
}

impl Event for Erased {}
