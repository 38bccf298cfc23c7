//! What the features above are told, in the same transaction.

use kernel::{Event, UserId};

/// An account goes: whoever hears it ends what the account may still do, or objects.
pub struct Deleted {
    /// Which account.
    pub user: UserId,
}

impl Event for Deleted {}

/// An account may not be used any more, until it is enabled again: whoever hears it ends what it may
/// still do, or objects.
pub struct Disabled {
    /// Which account.
    pub user: UserId,
}

impl Event for Disabled {}

/// A disabled account may be used again: whoever hears it may object.
pub struct Enabled {
    /// Which account.
    pub user: UserId,
}

impl Event for Enabled {}

/// A deleted account is there again: whoever hears it may object. What it could do before it does not
/// get back by itself: its sessions, roles and memberships ended when it was deleted.
pub struct Restored {
    /// Which account.
    pub user: UserId,
}

impl Event for Restored {}

/// An account that was deleted long ago is erased: whoever hears it removes what it holds on the
/// person.
pub struct Erased {
    /// Which account.
    pub user: UserId,
}

impl Event for Erased {}
