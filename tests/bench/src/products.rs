//! The catalogue: a million products in 1,000 organizations, and a million in one.

mod import;
mod pages;
mod reads;
mod writes;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use tempfile::TempDir;
use uuid::Uuid;

use crate::{
    load::{Requests, rate},
    process::{Listening, add_administrator, public_key, sign_in},
    seed,
    stock::Stock,
    table::Row,
};

const CONNECTIONS: usize = 32;

/// How often each side is measured, in turns.
const ROUNDS: usize = 5;

/// Who owns all organizations here.
const SELLER: &str = "seller@groundwork.test";

/// The number of the first organization; those below are of other measurements on this database.
const FIRST: u32 = 1_000_000;

/// How many organizations share a million products, and how many products each has.
const MANY: u32 = 1000;

/// On PostgreSQL, or without a URL on an SQLite file of its own.
pub fn rows(server: &Path, postgres: Option<&str>, length: Duration) -> Vec<Row> {
    let shop = Shop::new(server, postgres, length);
    let mut rows = reads::rows(&shop);
    rows.extend(writes::rows(&shop));
    rows.extend(import::rows(&shop));
    rows.extend(pages::rows(&shop));
    rows
}

/// The server's database, stocked.
struct Shop<'a> {
    server: &'a Path,
    folder: TempDir,
    /// `PostgreSQL` or `SQLite`.
    database: &'static str,
    url: String,
    /// The SQLite file.
    file: Option<PathBuf>,
    length: Duration,
}

impl<'a> Shop<'a> {
    fn new(server: &'a Path, postgres: Option<&str>, length: Duration) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = postgres.is_none().then(|| folder.path().join("products.db"));
        let (database, url) = match (&file, postgres) {
            (Some(file), _) => ("SQLite", format!("sqlite:{}", file.display())),
            (None, url) => ("PostgreSQL", url.unwrap().to_owned()),
        };
        let shop = Self { server, folder, database, url, file, length };
        drop(shop.open()); // makes the tables
        add_administrator(server, shop.folder.path(), &shop.url, SELLER);
        seed::memberships(&shop.url, SELLER, FIRST..FIRST + MANY + pages::SIZES);
        let stock = |number| Stock {
            organization: organization(number),
            numbers: number * MANY..(number + 1) * MANY,
        };
        seed::products(&shop.url, &(0..MANY).map(stock).collect::<Vec<_>>());
        shop
    }

    fn open(&self) -> Listening {
        Listening::server(self.server, self.folder.path(), &self.url)
    }

    /// Both sides in turns.
    fn beside(&self, what: &str, sides: [(&Listening, &Requests); 2], target: f64) -> Row {
        let mut rates = [Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            for (rates, (side, requests)) in rates.iter_mut().zip(&sides) {
                rates.push(rate(side.address, requests, CONNECTIONS, self.length));
            }
        }
        let [ours, twin] = rates;
        Row::beside(&format!("{what}, {}", self.database), &ours, &twin, target)
    }
}

/// A twin with the server's key.
fn twin(driver: &str, database: &str, ours: &Listening) -> Listening {
    let key = format!("--public-key={}", public_key(ours));
    Listening::twin(&[driver, "--database", database, &key])
}

/// The organization of this number, from 0 on.
fn organization(number: u32) -> Uuid {
    seed::organization(FIRST + number)
}

/// A token of the seller, not an old one.
fn seller(ours: &Listening) -> String {
    sign_in(ours, SELLER)
}

/// The path of an organization's products.
fn place(organization: Uuid) -> String {
    format!("/api/v1/organizations/{organization}/products")
}
