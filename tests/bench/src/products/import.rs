//! A file of 100,000 products.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::Value;

use super::{MANY, Shop, organization, place, seller};
use crate::{
    load::{FULL, body},
    process::Listening,
    product::ProductIn,
    request::{get, post},
    stock::content,
    table::Row,
};

const ROWS: u32 = 100_000;

pub fn rows(shop: &Shop<'_>) -> Vec<Row> {
    let times = if shop.length < FULL { 1 } else { 3 };
    let ours = shop.open();
    let token = seller(&ours);
    let file = (0..ROWS).map(|number| line(&content(&format!("IMPORTED-{number}"), number)));
    let header = "sku,name,description,status,price_amount,price_currency,attributes\r\n";
    let file = file.fold(header.to_owned(), |file, line| file + &line);
    let into = |number| imported(&ours, &token, &place(organization(MANY - 1 - number)), &file);
    let rates: Vec<f64> = (0..times).map(into).collect();
    let database = shop.database;
    vec![
        Row::alone(&format!("import of 100,000, {database}, rows/s (at least)"), &rates, 5000.0),
        Row::alone(
            &format!("most memory of a server that imports, {database}, MiB (at most)"),
            &[ours.peak()],
            143.0, // 150 MB
        ),
    ]
}

/// Rows a second, from the first byte that is sent to the last row that is done.
fn imported(ours: &Listening, token: &str, path: &str, file: &str) -> f64 {
    let begun = Instant::now();
    let told = body(ours.address, &post(token, &format!("{path}/import"), "text/csv", file));
    let import: Value = serde_json::from_str(&told).unwrap();
    let id = import["id"].as_str().expect(&told);
    let state = get(token, &format!("{path}/imports/{id}"));
    loop {
        let told: Value = serde_json::from_str(&body(ours.address, &state)).unwrap();
        if told["state"] == "done" {
            assert_eq!(told["created"], ROWS, "{told}");
            return f64::from(ROWS) / begun.elapsed().as_secs_f64();
        }
        assert_ne!(told["state"], "failed", "{told}");
        sleep(Duration::from_millis(20));
    }
}

fn line(product: &ProductIn) -> String {
    let ProductIn { sku, name, description, status, price, attributes } = product;
    let attributes = attributes.to_string().replace('"', "\"\"");
    let (amount, currency) = (price.amount, &price.currency);
    format!("{sku},{name},\"{description}\",{status},{amount},{currency},\"{attributes}\"\r\n")
}
