//! Pages that cost the same wherever they are: the first, and the one behind nine tenths of an
//! organization's products, of ten thousand and of a million.

use super::{MANY, ROUNDS, Shop, organization, place, seller};
use crate::{
    latency::middle, load::walk, process::Listening, request::get, seed, stock::Stock, table::Row,
};

/// How many organizations are stocked for this.
pub const SIZES: u32 = 2;

const SMALL: u32 = 10_000;
const LARGE: u32 = 1_000_000;

/// A page may take so many times as long as another.
const FLAT: f64 = 1.2;

pub fn rows(shop: &Shop<'_>) -> Vec<Row> {
    let stock = |number, first, size| Stock {
        organization: organization(number),
        numbers: first..first + size,
    };
    let (small, large) = (stock(MANY, LARGE, SMALL), stock(MANY + 1, 2 * LARGE, LARGE));
    seed::products(&shop.url, &[small, large]);

    let ours = shop.open();
    let token = seller(&ours);
    let [small, deep_small] = ends(&ours, &token, MANY, SMALL);
    let [large, deep_large] = ends(&ours, &token, MANY + 1, LARGE);
    let mut took = Vec::new();
    for _ in 0..ROUNDS {
        let requests = [&small, &deep_small, &large, &deep_large];
        took.push(requests.map(|it| middle(ours.address, it, shop.length / 4)));
    }
    let row = |what: &str, ratio: fn(&[f64; 4]) -> f64| {
        let ratios: Vec<f64> = took.iter().map(ratio).collect();
        Row::alone(&format!("{what}, {}, p50 (at most)", shop.database), &ratios, FLAT)
    };
    vec![
        row("deep page of a million beside its first", |it| it[3] / it[2]),
        row("first page of a million beside of 10,000", |it| it[2] / it[0]),
        row("deep page of a million beside of 10,000", |it| it[3] / it[1]),
    ]
}

/// The requests of an organization's first page and of a deep one, by name.
fn ends(ours: &Listening, token: &str, number: u32, size: u32) -> [String; 2] {
    let path = place(organization(number));
    let page = |limit: u32, cursor: &str| {
        let cursor = if cursor.is_empty() { String::new() } else { format!("&cursor={cursor}") };
        get(token, &format!("{path}?sort=name&limit={limit}{cursor}"))
    };
    let cursor = walk(ours.address, size / 100 * 9 / 10, |cursor| page(100, cursor));
    [page(20, ""), page(20, &cursor)]
}
