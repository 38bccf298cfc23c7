//! The schema, one file a step; what lies in this folder runs, in the order of the names.
//!
//! A step is called `m<UTC time>_<feature>_<what>`. It names tables and columns as text and imports
//! no entity, for those change while a step that has run must not. [`up`], [`down`] and [`status`]
//! run the steps, one process at a time and in a transaction: each step on PostgreSQL, all together
//! on SQLite. [`grant`] lets another role than theirs serve.

mod grants;
mod run;

use sea_orm_migration::prelude::*;

pub use grants::grant;
pub use run::{Step, down, status, up};

include!(concat!(env!("OUT_DIR"), "/all.rs"));

/// All steps, up and down.
pub struct Migrator;

/// How many steps there are.
pub fn steps() -> usize {
    all().len()
}

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        all()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_the_list() {
        let names: Vec<_> = Migrator::migrations().iter().map(|it| it.name().to_owned()).collect();
        let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src")).unwrap();
        let files = files.filter_map(|it| it.unwrap().file_name().into_string().ok());
        assert!(names.is_sorted());
        assert_eq!(names.len(), files.filter(|name| name.starts_with("m2")).count());
    }
}
