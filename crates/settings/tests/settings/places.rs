//! Another's values (ASVS 8.2.2, 8.4.1): as if they were not there.

use serde_json::json;

use crate::{DAYS, HERE, MINE, PLATFORM, admin, app, at, counts, each, operator, put, set};

/// ASVS 8.4.1.
#[actix_web::test]
async fn an_organization_sees_and_sets_nothing_of_another() {
    let app = app().await;
    let (acme, rival) = (admin(&app), admin(&app));
    set(&rival, HERE, &DAYS, json!(60)).await;
    assert_eq!(counts(&acme, HERE, &DAYS).await, json!([7, "default", false]));
    let history = acme.get(&format!("{}/history", at(HERE, &DAYS))).await.ok();
    assert_eq!(history["items"], json!([]));
    acme.patch(HERE, json!({ "demo.days": 61 })).await.ok();
    acme.delete(&at(HERE, &DAYS)).await.no_content();
    assert_eq!(counts(&rival, HERE, &DAYS).await, json!([60, "organization", false]));
    let intruder = acme.at(rival.organization);
    intruder.get(HERE).await.problem(404, "not_found");
    intruder.get(&at(HERE, &DAYS)).await.problem(404, "not_found");
    put(&intruder, &at(HERE, &DAYS), json!({ "value": 1 })).await.problem(404, "not_found");
    intruder.patch(HERE, json!({ "demo.days": 1 })).await.problem(404, "not_found");
}

/// ASVS 8.2.2.
#[actix_web::test]
async fn a_person_sees_and_sets_their_own_alone() {
    let app = app().await;
    let (ada, eve) = (app.staff(&[]), app.staff(&[]));
    set(&ada, MINE, &DAYS, json!(60)).await;
    assert_eq!(counts(&eve, MINE, &DAYS).await, json!([7, "default", false]));
    eve.patch(MINE, json!({ "demo.days": 61 })).await.ok();
    eve.delete(&at(MINE, &DAYS)).await.no_content();
    assert_eq!(counts(&ada, MINE, &DAYS).await, json!([60, "user", false]));
    let root = operator(&app);
    assert_eq!(counts(&root, PLATFORM, &DAYS).await, json!([7, "default", false]));
    let page = root.get(PLATFORM).await.ok();
    assert!(each(&page, "source").iter().all(|it| *it == "default"));
}

/// ASVS 8.2.1: who may only look sets nothing.
#[actix_web::test]
async fn who_may_look_may_not_set() {
    let app = app().await;
    let reader = app.member(&["settings:read"]);
    let watcher = app.staff(&["settings:read"]);
    for (who, place) in [(&reader, HERE), (&watcher, PLATFORM)] {
        let path = at(place, &DAYS);
        who.get(place).await.ok();
        put(who, &path, json!({ "value": 1 })).await.problem(403, "permission_denied");
        who.delete(&path).await.problem(403, "permission_denied");
        who.patch(place, json!({ "demo.days": 1 })).await.problem(403, "permission_denied");
        let back = json!({ "revision": 1 });
        who.post(&format!("{path}/rollback"), back).await.problem(403, "permission_denied");
    }
    // A permission of one scope is none of the other.
    operator(&app).get(HERE).await.problem(404, "not_found");
    admin(&app).get(PLATFORM).await.problem(403, "permission_denied");
}
