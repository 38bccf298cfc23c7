//! Search: one table of cases, the same on both databases.

use serde_json::json;

use crate::{add, app, each, owner, pages, product, product_with};

/// Number, name and description of each product.
const STOCK: [(&str, &str, &str); 8] = [
    ("1", "Big Anvil", "A crème-brûlée torch comes with it"),
    ("2", "Small anvil", "for the O'Neil family"),
    ("3", "Müller's Größe №5", "ﬁne ＷＩＤＥ letters"),
    ("4", "北京烤鸭 Duck", "カタカナ and ｶﾅ"),
    ("5", "삼성전자 phone", "ΣΊΣΥΦΟΣ, हिन्दी"),
    ("6", "snake_case-and.dotted/path", "50% off! <b>bold</b> \"quoted\""),
    ("7", "Ｉstanbul İzmir", "e\u{301}tude"),
    ("8", "the or and not near", "NEAR AND OR NOT *"),
];

/// What is asked, and who is found.
const CASES: [(&str, &str); 44] = [
    ("anvil", "12"),
    ("ANVIL", "12"),
    ("anv", "12"),
    ("nvil", ""),
    ("big anvil", "1"),
    ("anvil big", "1"),
    ("big small", ""),
    ("anvil tor", "1"),
    ("creme brulee", "1"),
    ("CRÈME", "1"),
    ("neil", "2"),
    ("o'neil", "2"),
    ("oneil", ""),
    ("muller", "3"),
    ("müller", "3"),
    ("mu\u{308}ller", "3"),
    ("große", "3"),
    ("grosse", ""),
    ("no5", "3"),
    ("fine wide", "3"),
    ("北京", "4"),
    ("京", "4"),
    ("京鸭", "4"),
    ("東", ""),
    ("カタ", "4"),
    ("カナ", "4"),
    ("삼성", "5"),
    ("성", ""),
    ("σίσυφος", "5"),
    ("σισυφοσ", "5"),
    ("हिन्दी", "5"),
    ("case dotted path", "6"),
    ("50", "6"),
    ("50%", "6"),
    ("\"quoted\"", "6"),
    ("<b>", "16"),
    ("istanbul IZMIR", "7"),
    ("étude", "7"),
    ("sku-7", "7"),
    ("sku", "12345678"),
    ("7", "7"),
    ("and or not near", "8"),
    ("steel", "3"),
    ("anvil' | 'b':* & !'c", "1"),
];

#[actix_web::test]
async fn words_and_beginnings_of_words_are_found_alike_on_both_databases() {
    let app = app().await;
    let acme = owner(&app);
    for (number, name, description) in STOCK {
        let mut members = json!({ "name": name, "description": description });
        if number == "3" {
            members["attributes"] = json!({ "made": { "of": ["Steel", 7] } });
        }
        add(&acme, product_with(&format!("SKU-{number}"), members)).await;
    }
    for (q, expected) in CASES {
        let query = q.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
        let list = acme.get(&format!("/products?sort=created_at&q={query}")).await.ok();
        let found: String = each(&list, "sku").iter().map(|sku| &sku[4..]).collect();
        assert_eq!(found, expected, "{q}");
    }
}

#[actix_web::test]
async fn a_search_sees_each_write_at_once() {
    let app = app().await;
    let (acme, rival) = (owner(&app), owner(&app));
    let found = async |q: &str| {
        let list = acme.get(&format!("/products?q={q}")).await.ok();
        each(&list, "sku").len()
    };
    let path = add(&acme, product("A-1")).await;
    add(&rival, product("A-1")).await;
    assert_eq!((found("anvil").await, found("hammer").await), (1, 0));
    acme.patch(&path, json!({ "name": "Hammer" })).await.ok();
    assert_eq!((found("anvil").await, found("hammer").await), (0, 1));
    acme.patch(&path, json!({ "status": "active" })).await.ok();
    assert_eq!(found("hammer").await, 1);
    acme.delete(&path).await.no_content();
    assert_eq!(found("hammer").await, 0);
    acme.post(&format!("{path}/restore"), json!({})).await.ok();
    assert_eq!(found("hammer").await, 1);
    acme.patch(&path, json!({ "sku": "Zange-9" })).await.ok();
    assert_eq!((found("zange").await, found("A-1").await), (1, 0));
}

#[actix_web::test]
async fn what_is_found_comes_in_pages_and_in_any_order() {
    let app = app().await;
    let acme = owner(&app);
    for number in 0..7 {
        let name = if number % 2 == 0 { "Anvil" } else { "Hammer" };
        let price = json!({ "amount": 10 - number, "currency": "EUR" });
        let members = json!({ "name": name, "price": price });
        add(&acme, product_with(&format!("A-{number}"), members)).await;
    }
    for (sort, expected) in [("-created_at", "6420"), ("name", "0246"), ("price", "6420")] {
        let path = format!("/products?q=anv&currency=EUR&sort={sort}&limit=3");
        let skus = pages(&acme, &path).await;
        let skus = skus.iter().flat_map(|page| each(page, "sku"));
        assert_eq!(skus.map(|sku| sku[2..].to_owned()).collect::<String>(), expected, "{sort}");
    }
}

/// ASVS 1.2.4, 15.3.7: what is asked is words and never a language.
#[actix_web::test]
async fn a_search_without_words_or_with_too_many_is_refused() {
    let app = app().await;
    let acme = owner(&app);
    let many = (0..33).map(|it| format!("w{it}")).collect::<Vec<_>>().join("+");
    for q in ["", "*", "%27%22", "--", &many, &"x".repeat(65)] {
        let refused = acme.get(&format!("/products?q={q}")).await;
        let problem = refused.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], "q", "{q}");
    }
    acme.get(&format!("/products?q={}", "x".repeat(201))).await.problem(422, "validation_failed");
}
