//! A worker dies: what is committed is done, and the rest is done by another.

use std::pin::pin;

use chrono::TimeDelta;
use futures_util::future::{Either, select};
use kernel::testing::Actor;
use serde_json::{Value, json};

use super::{CSV, NDJSON, counts, rows_of, send};
use crate::{app, features, owner, product, rows};

/// Waits until an import has gone on from `before` or has ended.
async fn gone_on(who: &Actor<'_>, place: &str, before: i64) -> Value {
    loop {
        let now = who.get(place).await.ok();
        if counts(&now)[0] > before || now["state"] == "done" {
            return now;
        }
    }
}

/// R1: each time a slice is done the worker dies, and another goes on where COMMIT left it.
#[actix_web::test]
async fn every_row_has_its_effect_once_however_often_the_worker_dies() {
    let name = |n| format!("S-{n},\"Name of {n}\",{n},EUR\r");
    let long_name = |n| name(n).replace(" of", "\nof");
    let table = |row: &dyn Fn(usize) -> String| {
        format!("sku,name,price_amount,price_currency\n{}", rows_of(3_500, row))
    };
    let lines = rows_of(3_500, |n| product(&format!("S-{n}")).to_string());
    let files = [(NDJSON, lines, 0), (CSV, table(&name), 0), (CSV, table(&long_name), 3_500)];
    for (media_type, file, failing) in files {
        let app = app().await;
        let acme = owner(&app);
        let place = send(&acme, media_type, file).await.header("location").to_owned();
        let (mut done, mut deaths) = (0, 0);
        let import = loop {
            let replica = app.replica(features()).await;
            let now =
                match select(pin!(replica.run_jobs()), pin!(gone_on(&acme, &place, done))).await {
                    Either::Left(_) => acme.get(&place).await.ok(),
                    Either::Right((now, _working)) => now, // and the worker is dropped as it is
                };
            done = counts(&now)[0];
            if now["state"] == "done" {
                break now;
            }
            deaths += 1;
            app.database.clock.advance(TimeDelta::seconds(31)); // its lease runs out
        };
        assert!(deaths >= 2, "it has died {deaths} times");
        assert_eq!(counts(&import), [3_500, 3_500 - failing, 0, failing], "{media_type}");
        let products = "select cast(count(*) as text) from products where version = 1";
        assert_eq!(rows(&app, products).await, [(3_500 - failing).to_string()]);
        let entries =
            "select cast(count(*) as text) from audit_log where action = 'product.created'";
        assert_eq!(rows(&app, entries).await, [(3_500 - failing).to_string()]);
        if failing > 0 {
            let lines = "select cast(line as text) from product_import_faults order by id";
            let expected: Vec<_> = (0..1_000).map(|n| (2 + 2 * n).to_string()).collect();
            assert_eq!(rows(&app, lines).await, expected);
        }
        let listed = acme.get("/products?count=exact").await.ok();
        assert_eq!(listed["total"], json!({ "value": 3_500 - failing, "relation": "eq" }));
    }
}
