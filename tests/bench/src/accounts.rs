//! A million accounts, as administrators list and search them.

use std::{path::Path, time::Duration};

use crate::{
    latency::middle,
    load::body,
    process::{Listening, add_administrator, sign_in},
    request::get,
    seed,
    table::Row,
};

const MANY: u32 = 1_000_000;

/// How often each is measured.
const ROUNDS: usize = 5;

/// Who looks.
const CLERK: &str = "clerk@groundwork.test";

/// What is asked, what that is, and within how many milliseconds a page is to be there.
const QUERIES: [(&str, &str, f64); 7] = [
    ("", "first page", 2.0),
    ("?status=disabled", "the disabled", 2.0),
    ("?q=mailbox77777", "a word that few have", 5.0),
    ("?q=mailbox7777%40example.com", "an address", 5.0),
    ("?q=ada", "a word that all have", 5.0),
    ("?q=a", "a letter that all have", 5.0),
    ("?q=ada+love+exam&status=disabled", "three words that all have", 5.0),
];

/// On PostgreSQL, or without a URL on an SQLite file of its own.
pub fn rows(server: &Path, postgres: Option<&str>, length: Duration) -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite:{}", folder.path().join("accounts.db").display());
    let (database, url) = postgres.map_or(("SQLite", file.as_str()), |url| ("PostgreSQL", url));
    drop(Listening::server(server, folder.path(), url)); // makes the tables
    add_administrator(server, folder.path(), url, CLERK);
    seed::accounts(url, MANY);

    let ours = Listening::server(server, folder.path(), url);
    let token = sign_in(&ours, CLERK);
    let measured = QUERIES.iter().map(|(query, what, most)| {
        let request = get(&token, &format!("/api/v1/users{query}"));
        assert!(body(ours.address, &request).contains("\"items\":[{"), "{query} finds nobody");
        let took: Vec<f64> =
            (0..ROUNDS).map(|_| middle(ours.address, &request, length / 8) * 1000.0).collect();
        let what = format!("GET /users of a million, {what}, {database}, p50 in ms (at most)");
        Row::alone(&what, &took, *most)
    });
    measured.collect()
}
