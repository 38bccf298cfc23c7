//! One's own inbox, over HTTP.

use serde_json::{Value, json};

use crate::{app, places, somebody, wave_at, write_to};

const PATH: &str = "/api/v1/notifications";

#[actix_web::test]
async fn a_notification_is_read_in_its_readers_language() {
    let app = app("file:unused").await;
    let user = somebody(&app, "ada@example.com", "de-AT").await;
    let reader = app.sign_in(user, &[]);
    wave_at(&app, user, 1).await;

    let page = reader.get(PATH).await.ok();
    let item = &page["items"][0];
    assert_eq!((&item["title"], &item["body"]), (&json!("Ada winkt"), &json!("Aus Vienna.")));
    assert_eq!(item["data"], json!({ "name": "Ada", "place": "Vienna" }));
    assert_eq!((&item["topic"], &item["organization_id"]), (&json!("greeter.waved"), &Value::Null));
    assert_eq!((&item["read"], &item["archived"]), (&json!(false), &json!(false)));

    write_to(&app, user, "ada@example.com", "en").await;
    let path = format!("{PATH}/{}", item["id"].as_str().unwrap());
    let one = reader.get(&path).await;
    assert_eq!(one.header("etag"), "\"1\"");
    assert_eq!(one.ok()["title"], "Ada waves");
}

#[actix_web::test]
async fn the_last_comes_first_page_by_page_in_two_statements_a_page() {
    let app = app("file:unused").await;
    let reader = app.staff(&[]);
    wave_at(&app, reader.user(), 45).await;

    let (mut path, mut seen) = (format!("{PATH}?limit=20"), Vec::new());
    loop {
        let before = app.database.statements();
        let page = reader.get(&path).await.ok();
        assert_eq!(app.database.statements() - before, 2, "the page, and the reader's language");
        seen.extend(places(&page));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("{PATH}?limit=20&cursor={cursor}");
    }
    assert_eq!(seen, (1..=45).rev().collect::<Vec<_>>());
    let rising = reader.get(&format!("{PATH}?sort=seq&limit=3")).await.ok();
    assert_eq!(places(&rising), [1, 2, 3]);
    reader.get(&format!("{PATH}?sort=title")).await.problem(422, "validation_failed");
}

#[actix_web::test]
async fn filters_are_taken_together() {
    let app = app("file:unused").await;
    let reader = app.staff(&[]);
    wave_at(&app, reader.user(), 3).await;
    let all = reader.get(&format!("{PATH}?sort=seq")).await.ok();
    for (item, patch) in [(0, json!({ "read": true })), (1, json!({ "archived": true }))] {
        let path = format!("{PATH}/{}", all["items"][item]["id"].as_str().unwrap());
        reader.patch(&path, patch).await.ok();
    }
    for (query, expected) in [
        ("read=true", &[1][..]),
        ("read=false", &[2, 3]),
        ("archived=true", &[2]),
        ("archived=false&read=false", &[3]),
        ("topic=greeter.waved", &[1, 2, 3]),
        ("topic=greeter.called", &[]),
    ] {
        let page = reader.get(&format!("{PATH}?sort=seq&{query}")).await.ok();
        assert_eq!(places(&page), expected, "{query}");
    }
    reader.get(&format!("{PATH}?read=perhaps")).await.problem(422, "validation_failed");
    reader.get(&format!("{PATH}?user_id=1")).await.problem(422, "validation_failed");
}

/// ASVS 8.2.2: an inbox is its owner's, and nobody learns what is in another's.
#[actix_web::test]
async fn another_persons_notification_is_not_there() {
    let app = app("file:unused").await;
    let (reader, other) = (app.staff(&[]), app.staff(&[]));
    wave_at(&app, reader.user(), 1).await;
    let page = reader.get(PATH).await.ok();
    let path = format!("{PATH}/{}", page["items"][0]["id"].as_str().unwrap());
    assert!(places(&other.get(PATH).await.ok()).is_empty());
    other.get(&path).await.problem(404, "not_found");
    other.patch(&path, json!({ "read": true })).await.problem(404, "not_found");
    assert_eq!(reader.get(&path).await.ok()["read"], false);
    app.stranger().get(PATH).await.problem(401, "not_authenticated");
}

#[actix_web::test]
async fn what_is_committed_is_in_no_inbox_before_it_is_delivered() {
    let app = app("file:unused").await;
    let reader = app.staff(&[]);
    let door = app.database.system();
    let notice = notifications::Notice::of(json!({ "name": "Ada", "place": "Vienna" }));
    let user = reader.user();
    door.run(async |tx| notifications::notify(tx, user, crate::WAVED, notice)).await.unwrap();

    assert!(places(&reader.get(PATH).await.ok()).is_empty());
    let counts = reader.get(&format!("{PATH}/counts")).await.ok();
    assert_eq!(counts, json!({ "unread": 0, "as_of_seq": 0 }));
    app.run_duties().await;
    assert_eq!(places(&reader.get(PATH).await.ok()), [1]);
    let counts = reader.get(&format!("{PATH}/counts")).await.ok();
    assert_eq!(counts, json!({ "unread": 1, "as_of_seq": 1 }));
}
