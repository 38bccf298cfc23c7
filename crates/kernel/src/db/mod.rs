//! One way to the database.
//!
//! A [`Door`] lends a [`View`] to read from or a [`Tx`] to write in; both carry who asks, when, and
//! in which organization they stand. Who writes stands in a line for a turn; on SQLite those who come
//! together share a COMMIT. What the features hold while the server runs is in the
//! [`Registry`], in reach of every view.

mod attempt;
mod beside;
mod by_id;
mod cache;
mod change;
mod cursor;
mod door;
mod entity;
mod events;
mod executor;
mod export;
mod fence;
mod handle;
mod invalidation;
mod lane;
mod leaving;
mod line;
mod loader;
mod options;
mod page;
mod registry;
mod serving;
mod signal;
mod single;
mod slice;
mod turn;
mod tx;
mod unique;
mod unit;
mod view;

pub use cache::{Cache, Key as CacheKey, Moment};
pub use change::{Versioned, for_change};
pub use door::Door;
pub use entity::{Claimed, Global, Tenanted};
pub use events::Event;
pub use export::{Export, Exported};
pub use handle::{Asker, Db, Pools};
pub use leaving::Leaving;
pub use options::{DatabaseConfig, SQLITE_OLDEST};
pub use page::{Count, Listing, PageOf, PageRequest, Relation, Total};
pub use registry::Registry;
pub use serving::{Serving, ServingError};
pub use signal::Signals;
pub use tx::{OrgTx, Tx};
pub use unique::OnUnique;
pub use view::{OrgView, Scope, SystemView, View};

pub(crate) use events::subscriber;
pub(crate) use fence::Fence;
