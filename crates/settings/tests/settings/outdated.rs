//! Values that a newer release takes no more.

use kernel::testing::App;
use serde_json::json;

use crate::{
    DAYS, HERE, MINE, PLATFORM, admin, app, at, counts, features, lock, operator, put, set, tamper,
};

/// The release that took 91 days is gone.
async fn outdate_what_is_locked(app: &App) {
    tamper(app, "update settings set value = '91' where locked").await;
}

/// ASVS 13.1.1, 16.5.3: nobody has opened the lock, so it holds; what counts is what is above.
#[actix_web::test]
async fn a_lock_holds_when_its_value_is_not_good_any_more() {
    let app = app().await;
    let (root, ada) = (operator(&app), admin(&app));
    set(&ada, HERE, &DAYS, json!(60)).await;
    set(&ada, MINE, &DAYS, json!(61)).await;
    lock(&root, PLATFORM, &DAYS, json!(30)).await;
    outdate_what_is_locked(&app).await;

    let newer = app.replica(features()).await;
    let there = ada.on(&newer);
    assert_eq!(DAYS.of(there.door().view()).await.unwrap(), 7);
    assert_eq!(DAYS.of_user(there.door().view(), ada.user()).await.unwrap(), 7);
    for place in [HERE, MINE] {
        assert_eq!(counts(&ada, place, &DAYS).await, json!([7, "default", true]));
        let path = at(place, &DAYS);
        put(&ada, &path, json!({ "value": 5 })).await.problem(409, "setting_locked");
        assert_eq!(ada.get(&path).await.ok()["outdated"], false, "its own is good");
    }
    let told = root.get(&at(PLATFORM, &DAYS)).await.ok();
    let told = json!([told["value"], told["locked"], told["outdated"], told["source"]]);
    assert_eq!(told, json!([7, true, true, "default"]), "who can mend it sees it");

    lock(&root, PLATFORM, &DAYS, json!(40)).await;
    assert_eq!(counts(&ada, HERE, &DAYS).await, json!([40, "platform", true]));
    set(&root, PLATFORM, &DAYS, json!(40)).await;
    assert_eq!(counts(&ada, HERE, &DAYS).await, json!([60, "organization", false]));
}

#[actix_web::test]
async fn below_a_lock_without_a_good_value_the_nearest_above_counts() {
    let app = app().await;
    let (root, ada) = (operator(&app), admin(&app));
    set(&root, PLATFORM, &DAYS, json!(20)).await;
    set(&ada, MINE, &DAYS, json!(5)).await;
    lock(&ada, HERE, &DAYS, json!(60)).await;
    outdate_what_is_locked(&app).await;
    let newer = app.replica(features()).await;
    let there = ada.on(&newer);
    assert_eq!(DAYS.of_user(there.door().view(), ada.user()).await.unwrap(), 20);
    assert_eq!(counts(&ada, HERE, &DAYS).await, json!([20, "platform", true]));
    ada.delete(&at(HERE, &DAYS)).await.no_content();
    assert_eq!(counts(&ada, HERE, &DAYS).await, json!([20, "platform", false]));
}
