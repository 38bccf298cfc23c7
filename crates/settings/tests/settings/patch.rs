//! Several at once, all or none.

use serde_json::json;

use crate::{
    DAYS, GREETING, HERE, PLATFORM, TOKEN, admin, app, at, count, counts, each, faults, lock,
    operator, set,
};

#[actix_web::test]
async fn a_patch_sets_and_unsets_several() {
    let app = app().await;
    let ada = admin(&app);
    set(&ada, HERE, &DAYS, json!(60)).await;
    let patch = json!({ "demo.hosts": ["a"], "demo.days": null, "demo.beta": true });
    let done = ada.patch(HERE, patch).await.ok();
    assert_eq!(
        each(&done, "key"),
        [&json!("demo.beta"), &json!("demo.days"), &json!("demo.hosts")]
    );
    assert_eq!(each(&done, "value"), [&json!(true), &json!(7), &json!(["a"])]);
    assert_eq!(
        each(&done, "source"),
        [&json!("organization"), &json!("default"), &json!("organization")]
    );
    assert_eq!(each(&done, "version"), [&json!(1), &json!(2), &json!(1)]);
    assert_eq!(ada.patch(HERE, json!({})).await.ok(), json!({ "items": [] }));
}

#[actix_web::test]
async fn of_a_patch_with_one_fault_nothing_is_done() {
    let app = app().await;
    let (root, ada) = (operator(&app), admin(&app));
    let patch = json!({ "demo.greeting": "hi", "demo.days": 0, "demo.hosts": ["a", 1] });
    let refused = ada.patch(HERE, patch).await.problem(422, "validation_failed");
    assert_eq!(faults(&refused), ["/demo.days range", "/demo.hosts/1 type"]);
    let patch = json!({ "demo.greeting": "hi", "demo.colour": "red", "a/b~c": null });
    let refused = ada.patch(HERE, patch).await.problem(422, "validation_failed");
    assert_eq!(faults(&refused), ["/a~1b~0c unknown_setting", "/demo.colour unknown_setting"]);
    lock(&root, PLATFORM, &DAYS, json!(30)).await;
    let patch = json!({ "demo.greeting": "hi", "demo.days": 8 });
    ada.patch(HERE, patch).await.problem(409, "setting_locked");
    let stale = ada.with("if-match", "\"4\"");
    stale.patch(HERE, json!({ "demo.greeting": "hi" })).await.problem(412, "stale_version");
    let several = json!({ "demo.greeting": "hi", "demo.hosts": ["a"] });
    let refused = stale.patch(HERE, several).await.problem(422, "validation_failed");
    assert_eq!(faults(&refused), ["If-Match several"]);
    assert_eq!(counts(&ada, HERE, &GREETING).await, json!(["hello", "default", false]));
    assert_eq!(count(&app, "select count(*) from setting_revisions").await, 1, "the lock");
}

#[actix_web::test]
async fn a_patch_leaves_alone_what_is_so_already() {
    let app = app().await;
    let root = operator(&app);
    lock(&root, PLATFORM, &DAYS, json!(30)).await;
    set(&root, PLATFORM, &TOKEN, json!("canary")).await;
    let same = json!({ "demo.days": 30, "demo.token": { "is_set": true }, "demo.greeting": null });
    let done = root.patch(PLATFORM, same).await.ok();
    assert_eq!(each(&done, "version"), [&json!(1), &json!(0), &json!(1)]);
    let done = root.patch(PLATFORM, json!({ "demo.days": 31 })).await.ok();
    assert_eq!(
        (&done["items"][0]["value"], &done["items"][0]["locked"]),
        (&json!(31), &json!(true))
    );
    let wrong = root.patch(PLATFORM, json!({ "demo.token": { "is_set": false } })).await;
    assert_eq!(faults(&wrong.problem(422, "validation_failed")), ["/demo.token type"]);
    root.get(&at(PLATFORM, &TOKEN)).await.ok();
}
