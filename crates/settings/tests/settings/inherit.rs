//! What is set above, below and in between.

use serde_json::json;

use crate::{
    BETA, COLOUR, DAYS, GREETING, HERE, MINE, PLATFORM, admin, app, at, counts, each, faults, lock,
    operator, put, set,
};

#[actix_web::test]
async fn who_sets_nothing_inherits_what_is_set_above_now_and_later() {
    let app = app().await;
    let (root, ada) = (operator(&app), admin(&app));
    assert_eq!(counts(&ada, HERE, &DAYS).await, json!([7, "default", false]));
    set(&root, PLATFORM, &DAYS, json!(30)).await;
    for place in [HERE, MINE] {
        assert_eq!(counts(&ada, place, &DAYS).await, json!([30, "platform", false]));
    }
    set(&ada, HERE, &DAYS, json!(60)).await;
    set(&root, PLATFORM, &DAYS, json!(31)).await;
    assert_eq!(counts(&ada, HERE, &DAYS).await, json!([60, "organization", false]));
    ada.delete(&at(HERE, &DAYS)).await.no_content();
    assert_eq!(counts(&ada, HERE, &DAYS).await, json!([31, "platform", false]));
    set(&root, PLATFORM, &DAYS, json!(32)).await;
    assert_eq!(counts(&ada, HERE, &DAYS).await, json!([32, "platform", false]));
    root.delete(&at(PLATFORM, &DAYS)).await.no_content();
    assert_eq!(counts(&ada, HERE, &DAYS).await, json!([7, "default", false]));
}

#[actix_web::test]
async fn a_lock_above_counts_more_than_what_was_set_below() {
    let app = app().await;
    let (root, ada) = (operator(&app), admin(&app));
    set(&ada, HERE, &DAYS, json!(60)).await;
    set(&ada, MINE, &DAYS, json!(61)).await;
    let locked = lock(&root, PLATFORM, &DAYS, json!(30)).await;
    assert_eq!(locked["locked"], true);
    for place in [HERE, MINE] {
        assert_eq!(counts(&ada, place, &DAYS).await, json!([30, "platform", true]));
        let path = at(place, &DAYS);
        put(&ada, &path, json!({ "value": 31 })).await.problem(409, "setting_locked");
        ada.delete(&path).await.problem(409, "setting_locked");
        let patch = json!({ "demo.greeting": "hi", "demo.days": null });
        ada.patch(place, patch).await.problem(409, "setting_locked");
        let back = json!({ "revision": 1 });
        ada.post(&format!("{path}/rollback"), back).await.problem(409, "setting_locked");
        set(&ada, place, &GREETING, json!("hi")).await;
    }
    set(&root, PLATFORM, &DAYS, json!(30)).await;
    assert_eq!(counts(&ada, HERE, &DAYS).await, json!([60, "organization", false]));
    assert_eq!(counts(&ada, MINE, &DAYS).await, json!([61, "user", false]));
}

#[actix_web::test]
async fn an_organizations_own_lock_binds_its_members_and_not_itself() {
    let app = app().await;
    let ada = admin(&app);
    lock(&ada, HERE, &DAYS, json!(60)).await;
    assert_eq!(counts(&ada, HERE, &DAYS).await, json!([60, "organization", true]));
    set(&ada, HERE, &DAYS, json!(61)).await;
    lock(&ada, HERE, &DAYS, json!(62)).await;
    set(&ada, MINE, &DAYS, json!(5)).await;
    assert_eq!(counts(&ada, MINE, &DAYS).await, json!([5, "user", false]), "outside of it");
    assert_eq!(DAYS.of_user(ada.door().view(), ada.user()).await.unwrap(), 62, "and in it");
}

#[actix_web::test]
async fn what_is_set_nowhere_below_is_not_locked() {
    let app = app().await;
    let (root, ada) = (operator(&app), admin(&app));
    for (who, path) in
        [(&root, at(PLATFORM, &COLOUR)), (&ada, at(HERE, &BETA)), (&ada, at(MINE, &DAYS))]
    {
        let value = who.get(&path).await.ok()["value"].clone();
        let refused = put(who, &path, json!({ "value": value, "lock": true })).await;
        assert_eq!(faults(&refused.problem(422, "validation_failed")), ["/lock nobody_below"]);
    }
}

/// A key that is not for this place is as little there as one that nobody declares.
#[actix_web::test]
async fn a_place_has_the_settings_that_may_be_set_there() {
    let app = app().await;
    let (root, ada) = (operator(&app), admin(&app));
    let keys = |page: &serde_json::Value| -> Vec<String> {
        let all = each(page, "key");
        all.iter().filter_map(|it| it.as_str()?.strip_prefix("demo.")).map(str::to_owned).collect()
    };
    let own = keys(&root.get(PLATFORM).await.ok());
    assert_eq!(own, ["colour", "days", "greeting", "hosts", "token"]);
    let own = keys(&ada.get(HERE).await.ok());
    assert_eq!(own, ["beta", "days", "greeting", "hosts", "token"]);
    assert_eq!(keys(&ada.get(MINE).await.ok()), ["days", "greeting", "token"]);
    for (who, path) in [
        (&root, at(PLATFORM, &BETA)),
        (&ada, at(HERE, &COLOUR)),
        (&ada, at(MINE, &COLOUR)),
        (&root, format!("{PLATFORM}/demo.unknown")),
        (&ada, format!("{HERE}/days")),
        (&ada, format!("{MINE}/%00")),
    ] {
        who.get(&path).await.problem(404, "not_found");
        put(who, &path, json!({ "value": 1 })).await.problem(404, "not_found");
        who.delete(&path).await.problem(404, "not_found");
        who.get(&format!("{path}/history")).await.problem(404, "not_found");
        let back = json!({ "revision": 1 });
        who.post(&format!("{path}/rollback"), back).await.problem(404, "not_found");
    }
}
