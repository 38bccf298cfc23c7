//! What goes with an organization.

use serde_json::json;

use crate::{DAYS, HERE, MINE, PLATFORM, TOKEN, admin, app, at, count, operator, set};

#[actix_web::test]
async fn an_organization_that_is_erased_takes_what_it_has_set_along() {
    let app = app().await;
    let (root, ada, eve) = (operator(&app), admin(&app), admin(&app));
    for days in 1..=9 {
        set(&ada, HERE, &DAYS, json!(days)).await;
    }
    set(&ada, HERE, &TOKEN, json!("canary")).await;
    for (who, place) in [(&root, PLATFORM), (&ada, MINE), (&eve, HERE)] {
        set(who, place, &DAYS, json!(30)).await;
    }
    assert_eq!(DAYS.of(ada.door().view()).await.unwrap(), 9);
    let door = app.database.system();
    let forget = async || {
        let forget = async |tx: &kernel::Tx| {
            settings::forget_organization(&tx.inside(ada.organization), 4).await
        };
        door.run(forget).await.unwrap()
    };
    let gone = [forget().await, forget().await, forget().await, forget().await];
    assert_eq!(gone, [6, 4, 2, 0], "two values and ten revisions, a few at a time");
    assert_eq!(DAYS.of(ada.door().view()).await.unwrap(), 30, "the platform's");
    assert_eq!(count(&app, "select count(*) from settings").await, 3);
    assert_eq!(count(&app, "select count(*) from setting_revisions").await, 3);
    eve.get(&at(HERE, &DAYS)).await.ok();
}
