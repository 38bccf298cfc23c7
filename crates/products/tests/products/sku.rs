//! What an organization calls its products, also in a path.

use serde_json::json;

use crate::{add, app, faults, owner, product};

#[actix_web::test]
async fn a_product_is_found_by_its_sku_whatever_it_holds() {
    let app = app().await;
    let acme = owner(&app);
    for (sku, encoded) in [
        ("A-1", "A-1"),
        ("a-1", "a-1"),
        ("a/b c", "a%2Fb%20c"),
        ("50%", "50%25"),
        ("%2F", "%252F"),
        ("a+b", "a+b"),
        ("?x=1&y#z", "%3Fx%3D1%26y%23z"),
        ("Größe 7", "Gr%C3%B6%C3%9Fe%207"),
        ("部品", "%E9%83%A8%E5%93%81"),
        ("'; drop table products; --", "'%3B%20drop%20table%20products%3B%20--"),
    ] {
        let path = add(&acme, product(sku)).await;
        let found = acme.get(&format!("/products/by-sku/{encoded}")).await;
        assert_eq!(found.header("etag"), "\"1\"", "{sku}: {}", found.text);
        let found = found.ok();
        assert_eq!((&found["sku"], crate::at(&found)), (&json!(sku), path));
    }
    acme.get("/products/by-sku/A-2").await.problem(404, "not_found");
    acme.get("/products/by-sku/%FF").await.problem(404, "not_found");
}

/// ASVS 1.1.1: one meaning, however it is spelled.
#[actix_web::test]
async fn a_sku_is_one_in_each_of_its_unicode_forms() {
    let app = app().await;
    let acme = owner(&app);
    add(&acme, product("Zoe\u{308}")).await;
    acme.post("/products", product("Zo\u{eb}")).await.problem(409, "sku_taken");
    for encoded in ["Zo%C3%AB", "Zoe%CC%88"] {
        acme.get(&format!("/products/by-sku/{encoded}")).await.ok();
        let listed = acme.get(&format!("/products?sku={encoded}")).await.ok();
        assert_eq!(listed["items"][0]["sku"], "Zo\u{eb}");
    }
}

#[actix_web::test]
async fn a_sku_can_be_seen_and_told() {
    let app = app().await;
    let acme = owner(&app);
    let long = "x".repeat(65);
    for sku in ["", " ", " A", "A ", "A\tB", "A\nB", "A\u{200b}B", "\u{202e}A", ".", "..", &long] {
        let refused = acme.post("/products", product(sku)).await;
        assert_eq!(faults(refused), [("/sku".into(), "sku".into())], "{sku:?}");
    }
    add(&acme, product(&"é".repeat(64))).await;
}
