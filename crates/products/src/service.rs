//! The catalogue; one file a matter.

pub mod batch;
pub mod catalogue;
pub mod export;
pub mod history;
pub mod imports;
pub mod purge;
