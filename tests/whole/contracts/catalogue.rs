//! The permissions there are: they change on purpose or not at all.

use std::{env, fs};

use super::world::World;

const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/permissions.txt");

/// ASVS 8.1.1. With `UPDATE_SNAPSHOTS` set, the new list becomes the one that is held to.
#[actix_web::test]
async fn the_permissions_are_those_that_were_agreed_on() {
    let world = World::new().await;
    let view = world.app.database.system();
    let line = |it: &kernel::Grantable| {
        format!("{:<12} {:<24} {:<7?} {}\n", it.scope, it.key, it.rank, it.sentence)
    };
    let written: String = view.view().catalogue().all().iter().map(line).collect();
    if env::var("UPDATE_SNAPSHOTS").is_ok() {
        fs::write(LIST, &written).unwrap();
    }
    let agreed = fs::read_to_string(LIST).unwrap_or_default();
    assert!(agreed == written, "the list has changed: look at it with UPDATE_SNAPSHOTS=1");
}
