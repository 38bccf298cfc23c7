//! Who follows an import hears of its end.

use futures_util::future::join;
use serde_json::Value;

use super::{NDJSON, import, rows_of, send};
use crate::{app, owner, product};

/// The names, ids and bodies of a stream's events.
fn events(stream: &str) -> Vec<(String, String, Value)> {
    let blocks = stream.split("\n\n").filter(|it| it.starts_with("id: "));
    let told = blocks.map(|block| {
        let field = |name: &str| {
            let line = block.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap().to_owned()
        };
        (field("event: "), field("id: "), serde_json::from_str(&field("data: ")).unwrap())
    });
    told.collect()
}

#[actix_web::test]
async fn an_import_is_followed_to_its_end() {
    let app = app().await;
    let acme = owner(&app);
    let file = rows_of(2_500, |n| product(&format!("S-{n}")).to_string());
    let place = send(&acme, NDJSON, file).await.header("location").to_owned();
    let path = format!("{place}/events");
    let (heard, _) = join(acme.get(&path), app.run_jobs()).await;
    assert_eq!(heard.header("content-type"), "text/event-stream");
    let heard = events(&heard.text);
    let (name, id, last) = heard.last().unwrap();
    assert_eq!(
        (name.as_str(), &last["state"], &last["created"]),
        ("ended", &"done".into(), &2_500.into())
    );
    assert_eq!(heard[0].0, "progress");
    let done: Vec<_> = heard.iter().map(|it| it.2["done"].as_i64().unwrap()).collect();
    assert!(done.is_sorted(), "{done:?}");

    let again = acme.with("last-event-id", &heard[0].1).get(&path).await;
    assert_eq!(events(&again.text), heard[heard.len() - 1..], "the end was missed");
    acme.with("last-event-id", id).get(&path).await.no_content();
}

#[actix_web::test]
async fn an_import_that_is_over_is_told_once() {
    let app = app().await;
    let acme = owner(&app);
    let done = import(&app, &acme, NDJSON, product("A").to_string()).await;
    let heard =
        acme.get(&format!("/products/imports/{}/events", done["id"].as_str().unwrap())).await;
    let heard = events(&heard.text);
    assert_eq!((heard.len(), heard[0].0.as_str(), &heard[0].2["id"]), (1, "ended", &done["id"]));
}
