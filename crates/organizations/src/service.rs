//! Organizations, their members and those invited; one file a matter.

pub mod announcements;
pub mod checks;
pub mod erase;
pub mod export;
pub mod farewell;
pub mod invitations;
pub mod members;
pub mod organizations;
pub mod ownership;

use std::{sync::Arc, time::Duration};

use kernel::{Cache, OrganizationId};
use roles::RoleId;

use crate::standing::{Life, Member};

/// What this feature holds while the server runs.
pub struct Organizations {
    /// The roles of each member.
    pub roles: Cache<Member, Arc<[RoleId]>>,
    /// Whether each organization is in use.
    pub lives: Cache<OrganizationId, Life>,
}

const LIFE: Duration = Duration::from_mins(10);

impl Default for Organizations {
    fn default() -> Self {
        Self {
            roles: Cache::new("organizations.roles", 200_000, LIFE),
            lives: Cache::new("organizations.lives", 100_000, LIFE),
        }
    }
}
