//! The rows of values and of their histories, and the queries on them.

mod content;
pub mod revision;
mod sealed;
pub mod setting;

pub use content::Content;
pub use sealed::SealedRow;
