//! Files of products that are taken into the catalogue.

mod events;
mod flag;
mod life;
mod permission;
mod receive;
mod repeated;
mod resume;
mod rows;
mod slow;

use actix_web::http::Method;
use kernel::testing::{Actor, Answer, App};
use serde_json::Value;

const CSV: &str = "text/csv";
const NDJSON: &str = "application/x-ndjson";

/// Sends a file.
pub async fn send(who: &Actor<'_>, media_type: &str, file: impl Into<Vec<u8>>) -> Answer {
    let sender = who.with("content-type", media_type);
    sender.send(Method::POST, "/products/import", file.into()).await
}

/// Imports a file, and answers what has become of it.
pub async fn import(
    app: &App,
    who: &Actor<'_>,
    media_type: &str,
    file: impl Into<Vec<u8>>,
) -> Value {
    let sent = send(who, media_type, file).await;
    let location = sent.header("location").to_owned();
    sent.of(202);
    app.run_jobs().await;
    who.get(&location).await.ok()
}

/// A file of this many rows.
fn rows_of(count: usize, row: impl Fn(usize) -> String) -> String {
    (0..count).map(row).collect::<Vec<_>>().join("\n")
}

/// How many rows were done, and how many products are new, have changed and failed.
fn counts(import: &Value) -> [i64; 4] {
    ["done", "created", "updated", "failed"].map(|it| import[it].as_i64().unwrap())
}

/// The lines of the rows that failed, and the first fault of each.
fn failed(import: &Value) -> Vec<(i64, String, String)> {
    let errors = import["errors"].as_array().unwrap().iter();
    let told = errors.map(|row| {
        let (line, fault) = (row["line"].as_i64().unwrap(), &row["errors"][0]);
        let text = |member: &str| fault[member].as_str().unwrap().to_owned();
        (line, text("pointer"), text("code"))
    });
    told.collect()
}

/// The product of a SKU.
async fn by_sku(who: &Actor<'_>, sku: &str) -> Value {
    who.get(&format!("/products/by-sku/{sku}")).await.ok()
}
