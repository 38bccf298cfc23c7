//! Files that say much of few products, and little of large ones.

use kernel::testing::{Actor, App};
use serde_json::{Value, json};

use super::{NDJSON, by_sku, counts, rows_of, send};
use crate::{add, app, owner, product, product_with, rows};

/// Imports a file, and answers what has become of it and how many jobs it took.
async fn import(app: &App, who: &Actor<'_>, file: String) -> (Value, usize) {
    app.run_jobs().await; // those of the clock
    let place = send(who, NDJSON, file).await.header("location").to_owned();
    let jobs = app.run_jobs().await;
    (who.get(&place).await.ok(), jobs)
}

/// A16: the work grows with the file, whatever it says. Each row has its entry all the same.
#[actix_web::test]
async fn many_rows_of_one_product_are_done_as_fast_as_others() {
    let app = app().await;
    let acme = owner(&app);
    let named = |n| product_with("A", json!({ "name": format!("Name {n}") })).to_string();
    let (done, jobs) = import(&app, &acme, rows_of(3_000, named)).await;
    assert_eq!(counts(&done), [3_000, 1, 2_999, 0]);
    assert!(jobs <= 4, "{jobs} jobs");
    let after = by_sku(&acme, "A").await;
    assert_eq!((&after["name"], &after["version"]), (&json!("Name 2999"), &json!(3_000)));
    let found = acme.get("/products?q=2999").await.ok();
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    assert_eq!(acme.get("/products?q=2998").await.ok()["items"], json!([]));
    let told = "select cast(count(*) as text) from audit_log where action like 'product.%'";
    assert_eq!(rows(&app, told).await, ["3000"]);
}

/// A16: nor does it matter that each row takes what the one before it has left.
#[actix_web::test]
async fn products_that_exchange_their_numbers_row_by_row_are_done_as_fast() {
    let app = app().await;
    let acme = owner(&app);
    let [a, b] = [add(&acme, product("A")).await, add(&acme, product("B")).await];
    let [one, two] = [&a, &b].map(|it| it.rsplit_once('/').unwrap().1.to_owned());
    let row = |n: usize| {
        let (id, sku) = match n % 3 {
            0 => (&one, "between"),
            1 => (&two, if n % 2 == 1 { "A" } else { "B" }),
            _ => (&one, if n.is_multiple_of(2) { "B" } else { "A" }),
        };
        json!({ "id": id, "sku": sku }).to_string()
    };
    let (done, jobs) = import(&app, &acme, rows_of(900, row)).await;
    assert_eq!(counts(&done), [900, 0, 900, 0], "{done}");
    assert!(jobs <= 2, "{jobs} jobs");
    let skus = [acme.get(&a).await.ok()["sku"].clone(), acme.get(&b).await.ok()["sku"].clone()];
    assert_eq!(skus, ["A", "B"], "after an even number of exchanges");
}

/// A16: how much is in memory at once does not depend on how large the products are.
#[actix_web::test]
async fn few_rows_of_large_products_are_done_together() {
    let app = app().await;
    let acme = owner(&app);
    let large = "ä ".repeat(5_000);
    let whole =
        |n| product_with(&format!("S-{n}"), json!({ "description": large.clone() })).to_string();
    let (done, _) = import(&app, &acme, rows_of(250, whole)).await;
    assert_eq!(counts(&done), [250, 250, 0, 0]);
    let renamed = |n| json!({ "sku": format!("S-{n}"), "name": "Renamed" }).to_string();
    let (done, jobs) = import(&app, &acme, rows_of(250, renamed)).await;
    assert_eq!((counts(&done), jobs), ([250, 0, 250, 0], 3), "a hundred at a time");
    let left = "select cast(count(*) as text) from products where name = 'Renamed' and version = 2";
    assert_eq!(rows(&app, left).await, ["250"]);
}
