//! Reading: one product and a page of them beside plain sea-orm, and a search.

use serde_json::Value;

use super::{MANY, ROUNDS, Shop, organization, place, seller, twin};
use crate::{
    latency::middle,
    load::{body, turns},
    process::Listening,
    request::get,
    stock::{product, scattered},
    table::Row,
};

/// How many requests take turns.
const DIFFERENT: u32 = 10_000;

pub fn rows(shop: &Shop<'_>) -> Vec<Row> {
    let ours = shop.open();
    let token = seller(&ours);
    let twin = twin("sea-orm", &shop.url, &ours);
    let one = |number: u32| {
        let (organization, number) = anywhere(number);
        let id = product(organization, number).id;
        get(&token, &format!("{}/{id}", place(organization)))
    };
    let list = |number: u32| {
        let path = place(anywhere(number).0);
        get(&token, &format!("{path}?limit=20&status=active&sort=name"))
    };
    let one: Vec<String> = (0..DIFFERENT).map(one).collect();
    let list: Vec<String> = (0..DIFFERENT).map(list).collect();
    for request in one.iter().chain(&list).step_by(499) {
        assert_eq!(told(&ours, request), told(&twin, request), "the twin does other work");
    }
    let (one, list) = (turns(&one), turns(&list));
    let by_id = "GET a product beside plain sea-orm";
    let page = "GET 20 products, filtered and sorted, beside plain sea-orm";
    let mut rows = vec![
        shop.beside(by_id, [(&ours, &one), (&twin, &one)], 0.95),
        shop.beside(page, [(&ours, &list), (&twin, &list)], 0.95),
    ];
    drop(twin);
    rows.push(search(shop, &ours, &token));
    rows
}

/// Half a word and the beginning of another, one client.
fn search(shop: &Shop<'_>, ours: &Listening, token: &str) -> Row {
    let path = place(organization(MANY / 2));
    let request = get(token, &format!("{path}?q=anv+copp"));
    let found = told(ours, &request);
    assert!(found["items"].as_array().is_some_and(|it| !it.is_empty()), "{found}");
    let half = (0..ROUNDS).map(|_| middle(ours.address, &request, shop.length / 4) * 1000.0);
    let what = format!("GET ?q= of one in 1,000 organizations, {}, p50 in ms", shop.database);
    Row::alone(&format!("{what} (at most)"), &half.collect::<Vec<_>>(), 5.0)
}

/// What is answered, without the next page's place, which each side writes its own way.
fn told(side: &Listening, request: &str) -> Value {
    let mut told: Value = serde_json::from_str(&body(side.address, request)).unwrap();
    if let Some(cursor) = told.get_mut("next_cursor") {
        *cursor = cursor.is_string().into();
    }
    told
}

/// Some organization and the number of one of its products.
fn anywhere(number: u32) -> (uuid::Uuid, u32) {
    let number = scattered(number) % (MANY * MANY);
    (organization(number / MANY), number)
}
