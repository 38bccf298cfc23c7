//! Marking what was read, and what goes by itself.

use chrono::TimeDelta;
use serde_json::json;

use crate::{app, places, wave_at};

const PATH: &str = "/api/v1/notifications";

#[actix_web::test]
async fn a_mark_is_a_version_and_a_stale_one_is_refused() {
    let app = app("file:unused").await;
    let reader = app.staff(&[]);
    wave_at(&app, reader.user(), 1).await;
    let page = reader.get(PATH).await.ok();
    let path = format!("{PATH}/{}", page["items"][0]["id"].as_str().unwrap());

    let read = reader.patch(&path, json!({ "read": true })).await;
    assert_eq!(read.header("etag"), "\"2\"");
    let read = read.ok();
    assert_eq!((&read["read"], &read["archived"]), (&json!(true), &json!(false)));
    assert!(read["read_at"].is_string() && read["archived_at"].is_null());
    let again = reader.patch(&path, json!({ "read": true })).await;
    assert_eq!(again.header("etag"), "\"2\"", "nothing has changed");
    let stale = reader.with("if-match", "\"1\"").patch(&path, json!({ "archived": true })).await;
    stale.problem(412, "stale_version");
    let unread = reader.with("if-match", "\"2\"").patch(&path, json!({ "read": false })).await.ok();
    assert_eq!((&unread["read"], &unread["read_at"]), (&json!(false), &json!(null)));
    for wrong in [json!({ "read": null }), json!({ "seq": 5 }), json!({ "read": "yes" })] {
        reader.patch(&path, wrong).await.problem(422, "validation_failed");
    }
}

#[actix_web::test]
async fn all_is_read_up_to_the_place_that_was_seen_and_nothing_after_it() {
    let app = app("file:unused").await;
    let reader = app.staff(&[]);
    wave_at(&app, reader.user(), 5).await;
    let all = format!("{PATH}/mark-all-read");
    let counts = reader.post(&all, json!({ "up_to_seq": 3 })).await.ok();
    assert_eq!(counts, json!({ "unread": 2, "as_of_seq": 5 }));
    assert_eq!(places(&reader.get(&format!("{PATH}?read=false")).await.ok()), [5, 4]);
    let counts = reader.post(&all, json!({ "up_to_seq": 99 })).await.ok();
    assert_eq!(counts["unread"], 0);
    reader.post(&all, json!({ "up_to_seq": -1 })).await.problem(422, "validation_failed");
    reader.post(&all, json!({})).await.problem(422, "validation_failed");
}

#[actix_web::test]
async fn what_is_put_away_is_not_counted() {
    let app = app("file:unused").await;
    let reader = app.staff(&[]);
    wave_at(&app, reader.user(), 2).await;
    let page = reader.get(PATH).await.ok();
    let path = format!("{PATH}/{}", page["items"][0]["id"].as_str().unwrap());
    reader.patch(&path, json!({ "archived": true })).await.ok();
    let counts = reader.get(&format!("{PATH}/counts")).await.ok();
    assert_eq!(counts, json!({ "unread": 1, "as_of_seq": 2 }));
}

/// ASVS 14.2.7: what is old goes by itself.
#[actix_web::test]
async fn notifications_go_after_180_days_and_places_are_not_given_again() {
    let app = app("file:unused").await;
    let (reader, other) = (app.staff(&[]), app.staff(&[]));
    wave_at(&app, reader.user(), 3).await;
    wave_at(&app, other.user(), 1).await;
    app.database.clock.advance(TimeDelta::days(100));
    wave_at(&app, reader.user(), 1).await;
    app.database.clock.advance(TimeDelta::days(81));
    let reader = app.sign_in(reader.user(), &[]);
    app.run_jobs().await;
    assert_eq!(places(&reader.get(PATH).await.ok()), [4]);
    assert!(places(&app.sign_in(other.user(), &[]).get(PATH).await.ok()).is_empty());
    wave_at(&app, reader.user(), 1).await;
    assert_eq!(places(&reader.get(PATH).await.ok()), [5, 4]);
}

#[actix_web::test]
async fn who_is_erased_is_forgotten() {
    let app = app("file:unused").await;
    let (gone, other) = (app.staff(&[]), app.staff(&[]));
    for user in [gone.user(), other.user()] {
        wave_at(&app, user, 2).await;
    }
    let (door, user) = (app.database.system(), gone.user());
    door.run(async |tx| notifications::forget(tx, user).await).await.unwrap();
    assert!(places(&gone.get(PATH).await.ok()).is_empty());
    assert_eq!(places(&other.get(PATH).await.ok()), [2, 1]);
}
