//! Reading an audit log costs the same however long it is: of ten thousand entries and of a million.

use std::{path::Path, time::Duration};

use crate::{
    latency::middle,
    process::{Listening, add_administrator, sign_in},
    request::get,
    seed,
    table::Row,
};

const ROUNDS: usize = 5;

/// Who owns both organizations.
const AUDITOR: &str = "auditor@groundwork.test";

/// The number of the first of them; those below are of other measurements on this database.
const FIRST: u32 = 3_000_000;

const SHORT: u32 = 10_000;
const LONG: u32 = 1_000_000;

/// A page of the long log may take so many times as long as one of the short.
const FLAT: f64 = 1.2;

/// The lists that are measured, and what is asked for.
const LISTS: [(&str, &str); 7] = [
    ("first page", ""),
    ("page by action", "&action=thing.done7"),
    ("page by actor", "&actor_id=00000000-0000-0000-0000-000000000007"),
    ("page by kind of target", "&target_type=thing7"),
    ("page by target", "&target_id=00000000-0000-0000-0000-000000000007"),
    ("page by outcome", "&outcome=denied"),
    ("page by time", "&from=2023-11-14T23:00:00Z&to=2023-11-15T00:00:00Z"),
];

/// On PostgreSQL, or without a URL on an SQLite file of its own.
pub fn rows(server: &Path, postgres: Option<&str>, length: Duration) -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let database = if postgres.is_some() { "PostgreSQL" } else { "SQLite" };
    let file = format!("sqlite:{}", folder.path().join("audit_log.db").display());
    let url = postgres.unwrap_or(&file);
    let open = || Listening::server(server, folder.path(), url);
    drop(open()); // makes the tables
    add_administrator(server, folder.path(), url, AUDITOR);
    seed::memberships(url, AUDITOR, FIRST..FIRST + 2);
    seed::entries(url, seed::organization(FIRST), SHORT, 1);
    seed::entries(url, seed::organization(FIRST + 1), LONG, 2);

    let ours = open();
    let token = sign_in(&ours, AUDITOR);
    let row = |(what, query): (&str, &str)| {
        let ratio = |_| {
            let page = |number| {
                let organization = seed::organization(FIRST + number);
                let path =
                    format!("/api/v1/organizations/{organization}/audit-log?limit=20{query}");
                middle(ours.address, &get(&token, &path), length / 8)
            };
            let (short, long) = (page(0), page(1));
            long / short
        };
        let ratios: Vec<f64> = (0..ROUNDS).map(ratio).collect();
        let what =
            format!("{what} of a million entries beside of 10,000, {database}, p50 (at most)");
        Row::alone(&what, &ratios, FLAT)
    };
    LISTS.into_iter().map(row).collect()
}
