//! Adding a product with its audit entry, beside a bare transaction without.

use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use rusqlite::Connection;
use serde_json::Value;

use super::{MANY, Shop, organization, place, seller, twin};
use crate::{
    load::{Requests, body},
    process::Listening,
    request::post_json,
    stock::content,
    table::Row,
};

pub fn rows(shop: &Shop<'_>) -> Vec<Row> {
    let copy = shop.file.as_ref().map(|file| copied(file));
    let ours = shop.open();
    let token = seller(&ours);
    let twin = match &copy {
        Some(file) => twin("rusqlite-writer", file, &ours),
        None => twin("tokio-postgres-writer", &shop.url, &ours),
    };
    let (mine, theirs) = (creations(&token, "OURS"), creations(&token, "TWIN"));
    assert_eq!(added(&ours, &mine), added(&twin, &theirs), "the twin does other work");
    let what = "POST a product, audited, beside a bare transaction";
    let row = shop.beside(what, [(&ours, &mine), (&twin, &theirs)], 0.7);
    drop(twin);
    if let Some(file) = copy {
        fs::remove_file(file).unwrap();
    }
    vec![row]
}

/// The twin's own file, so that both do not wait for one another.
fn copied(file: &Path) -> String {
    let connection = Connection::open(file).unwrap();
    connection.execute_batch("pragma wal_checkpoint(truncate)").unwrap();
    drop(connection);
    let copy = file.with_file_name("twin.db");
    fs::copy(file, &copy).unwrap();
    copy.to_str().unwrap().to_owned()
}

/// Products to be added, none twice, each to another organization than the one before.
fn creations(token: &str, name: &'static str) -> Requests {
    let (token, asked) = (token.to_owned(), AtomicU32::new(0));
    Arc::new(move || {
        let number = asked.fetch_add(1, Ordering::Relaxed);
        let product = content(&format!("{name}-{number}"), number);
        let path = place(organization(number % MANY));
        post_json(&token, &path, &serde_json::to_string(&product).unwrap())
    })
}

/// What is answered, without what is never the same.
fn added(side: &Listening, creations: &Requests) -> Value {
    let mut told: Value = serde_json::from_str(&body(side.address, &creations())).unwrap();
    for (name, value) in told.as_object_mut().unwrap() {
        if ["id", "sku", "created_at", "updated_at"].contains(&name.as_str()) {
            *value = value.is_string().into();
        }
    }
    told
}
