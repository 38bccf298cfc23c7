//! What crosses the wire.

pub mod batch;
pub mod history;
pub mod imports;
pub mod product;
