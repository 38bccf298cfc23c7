//! What roles allow is known without a query, here at once and on other replicas within a second
//! (ASVS 8.3.2).

use kernel::testing::App;
use serde_json::json;

use crate::{
    ADMIN, ROLES, above::features, administrator, app, at, here, id, make, make_here, member,
    organization, person, set,
};

/// A second process on the same database, which has polled once.
async fn replica(app: &App) -> App {
    let other = app.beside(features()).await;
    other.database.poll_invalidations().await.unwrap();
    other
}

#[actix_web::test]
async fn what_a_caller_may_costs_no_statement() {
    let app = app().await;
    let root = administrator(&app).await;
    let nobody = person(&app).await;
    for actor in [&root.actor, &nobody.actor] {
        actor.get(ROLES).await;
    }
    let before = app.database.statements();
    root.actor.get(ROLES).await.ok();
    assert_eq!(app.database.statements() - before, 1, "the roles listed");
    for _ in 0..60 {
        nobody.actor.get(ROLES).await.problem(403, "permission_denied"); // what is recorded of them
    }
    app.ground.refusals_told().await;
    let before = app.database.statements();
    nobody.actor.get(ROLES).await.problem(403, "permission_denied");
    assert_eq!(app.database.statements() - before, 0);
}

#[actix_web::test]
async fn a_role_that_is_given_or_taken_counts_at_once_and_elsewhere_with_the_next_poll() {
    let app = app().await;
    let other = replica(&app).await;
    let (root, ada) = (administrator(&app).await, person(&app).await);
    let reader = make(&root, "reader", &["roles:read"]).await.created();
    let may =
        async || (ada.actor.get(ROLES).await.status, ada.actor.on(&other).get(ROLES).await.status);
    assert_eq!(may().await, (403, 403));
    root.put(&ada.of(&reader)).await.no_content();
    assert_eq!(may().await, (200, 403));
    other.database.poll_invalidations().await.unwrap();
    assert_eq!(may().await, (200, 200));
    root.actor.on(&other).delete(&ada.of(&reader)).await.no_content();
    assert_eq!(may().await, (200, 403));
    app.database.poll_invalidations().await.unwrap();
    assert_eq!(may().await, (403, 403));
}

#[actix_web::test]
async fn a_role_that_changes_counts_at_once_and_elsewhere_with_the_next_poll() {
    let app = app().await;
    let other = replica(&app).await;
    let (root, ada) = (administrator(&app).await, person(&app).await);
    let role = make(&root, "reader", &["roles:read"]).await.created();
    root.put(&ada.of(&role)).await.no_content();
    let may =
        async || (ada.actor.get(ROLES).await.status, ada.actor.on(&other).get(ROLES).await.status);
    assert_eq!(may().await, (200, 200));
    root.actor.patch(&at(&role), json!({ "permissions": [] })).await.ok();
    assert_eq!(may().await, (403, 200));
    other.database.poll_invalidations().await.unwrap();
    assert_eq!(may().await, (403, 403));
    let back = json!({ "permissions": ["roles:read"] });
    root.actor.on(&other).patch(&at(&role), back).await.ok();
    assert_eq!(may().await, (403, 200));
    app.database.poll_invalidations().await.unwrap();
    assert_eq!(may().await, (200, 200));
}

/// A13: whoever loses a role mid-session is refused with the same token.
#[actix_web::test]
async fn an_organizations_role_that_changes_counts_at_once_too() {
    let app = app().await;
    let other = replica(&app).await;
    let place = organization(&app).await;
    let admin = member(&app, &place, place.roles[ADMIN]).await;
    let role = make_here(&admin, "reader", &["roles:read"]).await.created();
    let ada = person(&app).await;
    set(&app, &place, &ada, &[id(&role)]).await.unwrap();
    let ada = ada.actor.at(place.id);
    let may = async || (ada.get("/roles").await.status, ada.on(&other).get("/roles").await.status);
    assert_eq!(may().await, (200, 200));
    admin.actor.patch(&here(&role), json!({ "permissions": [] })).await.ok();
    assert_eq!(may().await, (403, 200));
    other.database.poll_invalidations().await.unwrap();
    assert_eq!(may().await, (403, 403));
}

/// What is rolled back was never allowed.
#[actix_web::test]
async fn a_change_that_fails_is_forgotten_by_no_cache() {
    let app = app().await;
    let (root, ada) = (administrator(&app).await, person(&app).await);
    let role = make(&root, "reader", &["roles:read"]).await.created();
    root.put(&ada.of(&role)).await.no_content();
    ada.actor.get(ROLES).await.ok();
    let stale = root.actor.with("if-match", "\"9\"");
    stale.patch(&at(&role), json!({ "permissions": [] })).await.problem(412, "stale_version");
    let own = crate::administrators(&root).await;
    root.actor.delete(&root.of(&own)).await.problem(409, "last_administrator");
    let before = app.database.statements();
    assert_eq!((ada.actor.get(ROLES).await.status, root.actor.get(ROLES).await.status), (200, 200));
    assert_eq!(app.database.statements() - before, 2, "the lists alone");
}
