//! Who asks, and what they may do: plain data, known without the database.

mod caller;
mod origins;
mod permissions;

pub use caller::{Actor, Caller, Origin};
pub use origins::Origins;
pub use permissions::{
    Catalogue, Grantable, MOST_PERMISSIONS, ORGANIZATION, PLATFORM, Permissions, Rank,
};
