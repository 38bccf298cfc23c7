//! Products made up by number: as long as real ones, and as different.

use std::ops::Range;

use chrono::{DateTime, TimeDelta};
use serde_json::json;
use uuid::Uuid;

use crate::product::{Price, Product, ProductIn};

const FINISHES: [&str; 8] =
    ["Brushed", "Coated", "Forged", "Hardened", "Matt", "Oiled", "Polished", "Rustproof"];
const MATERIALS: [&str; 8] = ["ash", "brass", "bronze", "copper", "iron", "nylon", "oak", "steel"];
const THINGS: [&str; 16] = [
    "anvil", "axe", "bolt", "bracket", "chisel", "clamp", "drill", "file", "gauge", "hammer",
    "hinge", "nail", "pliers", "saw", "spanner", "vice",
];
const COLOURS: [&str; 5] = ["black", "blue", "green", "grey", "red"];

/// When the first product was added, in milliseconds since 1970.
const BEGINNING: i64 = 1_790_000_000_000;

/// Which products an organization has.
pub struct Stock {
    pub organization: Uuid,
    pub numbers: Range<u32>,
}

impl Stock {
    /// Them.
    pub fn products(&self) -> impl Iterator<Item = Product> {
        self.numbers.clone().map(|number| product(self.organization, number))
    }
}

/// The product of this number, added a millisecond after the one before.
pub fn product(organization: Uuid, number: u32) -> Product {
    let time = BEGINNING + i64::from(number);
    let id = id(time, number);
    let created_at = DateTime::UNIX_EPOCH + TimeDelta::milliseconds(time);
    let content = content(&format!("SKU-{number:07}"), number);
    Product { id, organization, content, created_at }
}

/// The id of version 7 (RFC 9562) of this millisecond.
fn id(time: i64, number: u32) -> Uuid {
    let time = u128::from(time.unsigned_abs());
    Uuid::from_u128(time << 80 | 0x7 << 76 | 0x8 << 60 | u128::from(scattered(number)))
}

/// What can be written of the product of this number: seven of ten are active, four of five are sold
/// for euros.
pub fn content(sku: &str, number: u32) -> ProductIn {
    let many = scattered(number);
    let (finish, material) = (pick(&FINISHES, many), pick(&MATERIALS, many >> 4));
    let (thing, colour) = (pick(&THINGS, many >> 8), pick(&COLOURS, many >> 12));
    let status = match number % 10 {
        0 => "draft",
        1 | 2 => "archived",
        _ => "active",
    };
    let currency = if number % 5 == 4 { "USD" } else { "EUR" };
    ProductIn {
        sku: sku.to_owned(),
        name: format!("{finish} {material} {thing} {number}"),
        description: format!(
            "A {thing} of {material}, made by hand for workshops and building sites; comes in \
             {colour}, in boxes of {}.",
            many % 97
        ),
        status: status.to_owned(),
        price: Price { amount: i64::from(many % 100_000), currency: currency.to_owned() },
        attributes: json!({ "colour": colour, "weight": many % 5000 }),
    }
}

/// Numbers side by side become far apart.
pub fn scattered(number: u32) -> u32 {
    let mixed = (number ^ (number >> 16)).wrapping_mul(0x045d_9f3b);
    let mixed = (mixed ^ (mixed >> 16)).wrapping_mul(0x045d_9f3b);
    mixed ^ (mixed >> 16)
}

fn pick(all: &[&'static str], number: u32) -> &'static str {
    all[usize::try_from(number).unwrap() % all.len()]
}
