//! The rows of products, and the queries on them.

mod bulk;
mod find;
pub mod imports;
mod list;
mod product;
mod remove;
mod write;

pub use bulk::{following, locked, named, overwrite};
pub use find::{any, by_sku, changing, changing_all, changing_deleted, live};
pub use list::{Found, page};
pub use product::{Model as Product, ProductId, Status};
pub use remove::{deleted_before, erase, purge};
pub use write::{Words, Written, insert, insert_all, save};
