//! Lists: filters, orders and pages.

use std::collections::BTreeSet;

use serde_json::json;

use crate::{add, app, each, faults, owner, pages, product_with};

const STOCK: [(&str, &str, &str, i64, &str); 6] = [
    ("A-1", "Hammer", "active", 500, "EUR"),
    ("A-2", "anvil", "draft", 300, "EUR"),
    ("A-3", "Anvil", "active", 300, "EUR"),
    ("A-4", "Zange", "archived", 900, "EUR"),
    ("A-5", "Äxte", "active", 100, "JPY"),
    ("A-6", "Hammer", "active", 800, "JPY"),
];

#[actix_web::test]
async fn a_list_is_filtered_and_sorted_as_asked() {
    let app = app().await;
    let acme = owner(&app);
    for (sku, name, status, amount, currency) in STOCK {
        let price = json!({ "amount": amount, "currency": currency });
        let members = json!({ "name": name, "status": status, "price": price });
        add(&acme, product_with(sku, members)).await;
    }
    for (query, expected) in [
        ("", "654321"),
        ("sort=created_at", "123456"),
        ("sort=name", "316425"),
        ("sort=-name", "524613"),
        ("status=active", "6531"),
        ("status=active&sort=name", "3165"),
        ("sku=A-3", "3"),
        ("sku=a-3", ""),
        ("currency=JPY", "65"),
        ("currency=JPY&sort=name", "65"),
        ("currency=CHF", ""),
        ("currency=EUR&sort=price", "2314"),
        ("currency=EUR&sort=-price", "4132"),
        ("currency=EUR&status=active&sort=price", "31"),
        ("currency=EUR&price[gte]=300&price[lte]=500", "321"),
        ("currency=EUR&price%5Bgte%5D=301&sort=price", "14"),
        ("q=hammer&currency=EUR", "1"),
        ("q=hammer&status=active&sort=created_at", "16"),
        ("q=hammer&currency=JPY&price[lte]=800&sort=price", "6"),
    ] {
        let list = acme.get(&format!("/products?{query}")).await.ok();
        let found: String = each(&list, "sku").iter().map(|sku| &sku[2..]).collect();
        assert_eq!(found, expected, "{query}");
        // Page by page it is the same, there and back.
        let paged = pages(&acme, &format!("/products?{query}&limit=2").replace("?&", "?")).await;
        let skus = paged.iter().flat_map(|page| each(page, "sku"));
        assert_eq!(skus.collect::<Vec<_>>(), each(&list, "sku"), "{query}");
        if let [.., before, last] = &*paged {
            let cursor = last["prev_cursor"].as_str().unwrap();
            let query = format!("/products?{query}&limit=2&cursor={cursor}").replace("?&", "?");
            assert_eq!(acme.get(&query).await.ok()["items"], before["items"]);
        }
    }
}

#[actix_web::test]
async fn prices_are_compared_within_a_currency_only() {
    let app = app().await;
    let acme = owner(&app);
    for (query, places) in [
        ("price[gte]=1", vec!["price[gte]"]),
        ("price[gte]=1&price[lte]=2", vec!["price[gte]", "price[lte]"]),
        ("sort=price", vec!["sort"]),
        ("sort=-price&price[lte]=2", vec!["price[lte]", "sort"]),
        ("currency=EUR&price[gte]=2&price[lte]=1", vec!["price[lte]"]),
        ("currency=EUR&price[gte]=1e3", vec!["price[gte]"]),
        ("currency=EUR&price[gte]=1.0", vec!["price[gte]"]),
        ("sort=--price", vec!["sort"]),
        ("sort=sku", vec!["sort"]),
        ("status=sold", vec!["status"]),
        ("colour=red", vec!["colour"]),
        ("limit=101", vec!["limit"]),
    ] {
        let refused = acme.get(&format!("/products?{query}")).await;
        let told: BTreeSet<_> = faults(refused).into_iter().map(|it| it.0).collect();
        assert_eq!(told.iter().map(String::as_str).collect::<Vec<_>>(), places, "{query}");
    }
    acme.get("/products?currency=EUR&price[gte]=-1").await.problem(422, "validation_failed");
    acme.get("/products?currency=XXX").await.problem(422, "validation_failed");
}

/// A18: a cursor is good for the organization and the query it was given for.
#[actix_web::test]
async fn a_cursor_belongs_to_its_list() {
    let app = app().await;
    let (acme, rival) = (owner(&app), owner(&app));
    for number in 0..3 {
        for who in [&acme, &rival] {
            add(who, product_with(&format!("A-{number}"), json!({}))).await;
        }
    }
    let page = acme.get("/products?limit=1&q=anvil").await.ok();
    let cursor = page["next_cursor"].as_str().unwrap();
    acme.get(&format!("/products?limit=1&q=anvil&cursor={cursor}")).await.ok();
    for (who, query) in [(&rival, "q=anvil"), (&acme, "q=anv"), (&acme, "q=anvil&sort=name")] {
        let foreign = who.get(&format!("/products?limit=1&{query}&cursor={cursor}")).await;
        foreign.problem(400, "invalid_cursor");
    }
}

#[actix_web::test]
async fn a_count_is_made_when_asked_for() {
    let app = app().await;
    let acme = owner(&app);
    for number in 0..3 {
        add(&acme, product_with(&format!("A-{number}"), json!({}))).await;
    }
    let total = |list: serde_json::Value| list["total"]["value"].clone();
    assert_eq!(total(acme.get("/products?limit=1").await.ok()), json!(null));
    assert_eq!(total(acme.get("/products?limit=1&count=exact").await.ok()), json!(3));
    assert_eq!(total(acme.get("/products?limit=1&count=capped&q=anvil").await.ok()), json!(3));
}
