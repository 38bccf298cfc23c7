//! What was set before, and bringing it back.

use serde_json::json;

use crate::{
    DAYS, HERE, MINE, PLATFORM, admin, app, at, counts, each, faults, lock, operator, put, set,
    tamper,
};

#[actix_web::test]
async fn a_history_tells_who_set_what_and_when() {
    let app = app().await;
    let (root, ada) = (operator(&app), admin(&app));
    for (who, place) in [(&root, PLATFORM), (&ada, HERE), (&ada, MINE)] {
        let path = at(place, &DAYS);
        set(who, place, &DAYS, json!(30)).await;
        app.database.clock.advance(chrono::TimeDelta::hours(1));
        set(who, place, &DAYS, json!(30)).await;
        set(who, place, &DAYS, json!(31)).await;
        who.delete(&path).await.no_content();
        let history = who.get(&format!("{path}/history")).await.ok();
        assert_eq!(each(&history, "revision"), [&json!(3), &json!(2), &json!(1)], "{place}");
        assert_eq!(each(&history, "value"), [&json!(null), &json!(31), &json!(30)]);
        assert_eq!(each(&history, "is_set"), [&json!(false), &json!(true), &json!(true)]);
        let actor = json!({ "type": "user", "id": who.user() });
        assert!(each(&history, "actor").iter().all(|it| **it == actor));
        assert_ne!(history["items"][1]["created_at"], history["items"][2]["created_at"]);
        let first = who.get(&format!("{path}/history?limit=1&sort=revision")).await.ok();
        assert_eq!(first["items"][0]["revision"], 1);
        let next = first["next_cursor"].as_str().unwrap();
        let page = format!("{path}/history?limit=1&sort=revision&cursor={next}");
        assert_eq!(who.get(&page).await.ok()["items"][0]["revision"], 2);
    }
}

#[actix_web::test]
async fn a_rollback_is_a_new_revision_of_what_was() {
    let app = app().await;
    let root = operator(&app);
    let path = at(PLATFORM, &DAYS);
    let back = async |revision| {
        root.post(&format!("{path}/rollback"), json!({ "revision": revision })).await
    };
    lock(&root, PLATFORM, &DAYS, json!(30)).await;
    set(&root, PLATFORM, &DAYS, json!(31)).await;
    root.delete(&path).await.no_content();
    let it = back(1).await;
    assert_eq!(it.header("etag"), "\"4\"");
    let it = it.ok();
    assert_eq!((&it["value"], &it["locked"]), (&json!(30), &json!(true)));
    back(3).await.ok();
    assert_eq!(counts(&root, PLATFORM, &DAYS).await, json!([7, "default", false]));
    let history = root.get(&format!("{path}/history")).await.ok();
    assert_eq!(each(&history, "value")[..2], [&json!(null), &json!(30)]);
}

#[actix_web::test]
async fn what_was_never_set_here_cannot_be_brought_back() {
    let app = app().await;
    let (ada, eve) = (admin(&app), admin(&app));
    let path = format!("{}/rollback", at(HERE, &DAYS));
    set(&ada, HERE, &DAYS, json!(30)).await;
    for (who, revision) in [(&ada, 2), (&eve, 1)] {
        let refused = who.post(&path, json!({ "revision": revision })).await;
        let refused = faults(&refused.problem(422, "validation_failed"));
        assert_eq!(refused, ["/revision unknown_revision"]);
    }
    let refused = ada.post(&path, json!({ "revision": 0 })).await;
    assert_eq!(faults(&refused.problem(422, "validation_failed")), ["/revision range"]);
    tamper(&app, "update setting_revisions set value = '900'").await;
    let refused = ada.post(&path, json!({ "revision": 1 })).await;
    assert_eq!(faults(&refused.problem(422, "validation_failed")), ["/revision outdated"]);
}

/// A release may narrow what a setting takes: what was set before does not count then.
#[actix_web::test]
async fn a_value_that_is_not_good_any_more_does_not_count() {
    let app = app().await;
    let root = operator(&app);
    set(&root, PLATFORM, &DAYS, json!(30)).await;
    tamper(&app, "update settings set value = '900'").await;
    assert_eq!(counts(&root, PLATFORM, &DAYS).await, json!([7, "default", false]));
    assert_eq!(DAYS.of(root.platform().view()).await.unwrap(), 7);
    put(&root, &at(PLATFORM, &DAYS), json!({ "value": 31 })).await.ok();
}

/// A retry with the same Idempotency-Key brings nothing back twice.
#[actix_web::test]
async fn a_rollback_that_is_sent_twice_is_done_once() {
    let app = app().await;
    let root = operator(&app);
    set(&root, PLATFORM, &DAYS, json!(30)).await;
    set(&root, PLATFORM, &DAYS, json!(31)).await;
    let path = format!("{}/rollback", at(PLATFORM, &DAYS));
    let once = root.with("idempotency-key", "k");
    once.post(&path, json!({ "revision": 1 })).await.ok();
    let again = once.post(&path, json!({ "revision": 1 })).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.ok()["version"], 3);
}
