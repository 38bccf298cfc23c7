//! Nobody grants what they do not hold (ASVS 8.2.1), on either place and by no way around it.

use serde_json::{Value, json};

use crate::{
    ADMIN, MEMBER, OWNER, Person, ROLES, VIEWER, administrator, administrators, app, at, here, id,
    make, make_here, member, organization, person, set, sql, staff, tamper, told,
};

const MANAGER: &[&str] = &["roles:read", "roles:write", "things:read"];

/// ASVS 8.2.1: each operation takes its own permission.
#[actix_web::test]
async fn every_operation_takes_its_permission() {
    let app = app().await;
    let root = administrator(&app).await;
    let made = make(&root, "support", &[]).await.created();
    let (reader, nobody) = (staff(&root, &app, &["roles:read"]).await, person(&app).await);
    for path in [ROLES.to_owned(), at(&made), nobody.their_roles()] {
        reader.actor.get(&path).await.ok();
        nobody.actor.get(&path).await.problem(403, "permission_denied");
        app.stranger().get(&path).await.problem(401, "not_authenticated");
    }
    let patch = json!({ "name": "Mine" });
    for person in [&reader, &nobody] {
        make(person, "mine", &[]).await.problem(403, "permission_denied");
        person.actor.patch(&at(&made), patch.clone()).await.problem(403, "permission_denied");
        person.actor.delete(&at(&made)).await.problem(403, "permission_denied");
        person.put(&nobody.of(&made)).await.problem(403, "permission_denied");
        person.actor.delete(&nobody.of(&made)).await.problem(403, "permission_denied");
    }
}

/// ASVS 8.2.1: of an organization's roles, viewers and members see and admins change.
#[actix_web::test]
async fn in_an_organization_ones_role_says_what_one_may() {
    let app = app().await;
    let place = organization(&app).await;
    for role in [VIEWER, MEMBER] {
        let one = member(&app, &place, place.roles[role]).await;
        let page = one.actor.get("/roles").await.ok();
        one.actor.get(&here(&page["items"][0])).await.ok();
        make_here(&one, "mine", &[]).await.problem(403, "permission_denied");
    }
    for (role, key) in [(ADMIN, "one"), (OWNER, "two")] {
        let one = member(&app, &place, place.roles[role]).await;
        let made = make_here(&one, key, &[]).await.created();
        one.actor.patch(&here(&made), json!({ "name": "X" })).await.ok();
        one.actor.delete(&here(&made)).await.no_content();
    }
}

#[actix_web::test]
async fn nobody_makes_a_role_that_allows_more_than_they_hold() {
    let app = app().await;
    let root = administrator(&app).await;
    let manager = staff(&root, &app, MANAGER).await;
    make(&manager, "good", &["things:read", "roles:write"]).await.created();
    for permissions in [&["cellar:inspect"][..], &["things:read", "users:write"]] {
        make(&manager, "bad", permissions).await.problem(403, "permission_denied");
    }
    let place = organization(&app).await;
    let admin = member(&app, &place, place.roles[ADMIN]).await;
    make_here(&admin, "good", &["things:write", "roles:write"]).await.created();
    make_here(&admin, "bad", &["things:give"]).await.problem(403, "permission_denied");
    let owner = member(&app, &place, place.roles[OWNER]).await;
    make_here(&owner, "bad", &["things:give"]).await.created();
}

/// The own role too: who may write roles does not write themselves up.
#[actix_web::test]
async fn nobody_adds_to_a_role_what_they_do_not_hold() {
    let app = app().await;
    let root = administrator(&app).await;
    let manager = staff(&root, &app, MANAGER).await;
    let own = manager.actor.get(&manager.their_roles()).await.ok()["items"][0].clone();
    let more = |key: &str| json!({ "permissions": [key, "roles:read", "roles:write"] });
    for key in ["cellar:inspect", "users:write", "audit_log:read"] {
        manager.actor.patch(&at(&own), more(key)).await.problem(403, "permission_denied");
    }
    assert_eq!(told(&app, id(&own)).await.len(), 1, "the making of it");
    manager.actor.patch(&at(&own), more("things:read")).await.ok();
    let less = json!({ "permissions": ["roles:read", "roles:write"] });
    manager.actor.patch(&at(&own), less).await.ok();
    manager.actor.patch(&at(&own), more("things:read")).await.problem(403, "permission_denied");
}

/// Who could weaken or remove what stands above them would rule over those who have it.
#[actix_web::test]
async fn nobody_touches_a_role_that_allows_more_than_they_hold() {
    let app = app().await;
    let (root, ada) = (administrator(&app).await, person(&app).await);
    let manager = staff(&root, &app, MANAGER).await;
    let strong = make(&root, "strong", &["cellar:inspect", "things:read"]).await.created();
    for patch in [json!({ "name": "Weak" }), json!({ "permissions": [] }), json!({})] {
        manager.actor.patch(&at(&strong), patch).await.problem(403, "permission_denied");
    }
    manager.actor.delete(&at(&strong)).await.problem(403, "permission_denied");
    refused_to_give_and_take(&manager, &root, &ada, &strong).await;
    assert_eq!(root.actor.get(&at(&strong)).await.ok(), strong);

    let place = organization(&app).await;
    let (owner, admin) = (
        member(&app, &place, place.roles[OWNER]).await,
        member(&app, &place, place.roles[ADMIN]).await,
    );
    let strong = make_here(&owner, "strong", &["things:give"]).await.created();
    let weaker = json!({ "permissions": [] });
    admin.actor.patch(&here(&strong), weaker).await.problem(403, "permission_denied");
    admin.actor.delete(&here(&strong)).await.problem(403, "permission_denied");
    owner.actor.delete(&here(&strong)).await.no_content();
}

#[actix_web::test]
async fn nobody_gives_or_takes_what_they_do_not_hold() {
    let app = app().await;
    let (root, ada) = (administrator(&app).await, person(&app).await);
    let manager = staff(&root, &app, MANAGER).await;
    let everything = administrators(&root).await;
    refused_to_give_and_take(&manager, &root, &ada, &everything).await;
    manager.put(&manager.of(&everything)).await.problem(403, "permission_denied");
    manager.actor.delete(&root.of(&everything)).await.problem(403, "permission_denied");
    let weak = make(&root, "weak", &["things:read"]).await.created();
    manager.put(&ada.of(&weak)).await.no_content();
    manager.actor.delete(&ada.of(&weak)).await.no_content();
}

async fn refused_to_give_and_take(
    manager: &Person<'_>,
    root: &Person<'_>,
    ada: &Person<'_>,
    role: &Value,
) {
    manager.put(&ada.of(role)).await.problem(403, "permission_denied");
    root.put(&ada.of(role)).await.no_content();
    manager.actor.delete(&ada.of(role)).await.problem(403, "permission_denied");
    root.actor.delete(&ada.of(role)).await.no_content();
}

/// A permission of the platform is none of an organization, though it has the same name.
#[actix_web::test]
async fn what_one_holds_at_one_place_is_nothing_at_another() {
    let app = app().await;
    let (root, place) = (administrator(&app).await, organization(&app).await);
    let owner = member(&app, &place, place.roles[OWNER]).await;
    make(&owner, "mine", &["things:read"]).await.problem(403, "permission_denied");
    root.actor.at(place.id).get("/roles").await.problem(404, "not_found");
    set(&app, &place, &root, &[place.roles[VIEWER]]).await.unwrap();
    let visiting = Person { actor: root.actor.at(place.id), ..root };
    visiting.actor.get("/roles").await.ok();
    make_here(&visiting, "mine", &["things:read"]).await.problem(403, "permission_denied");
}

/// ASVS 8.3.2, CWE-367: what a request was let in with may be gone once its turn comes. Here memory
/// still knows the roles, as the request did that waits for a lock.
#[actix_web::test]
async fn who_has_lost_their_roles_while_a_request_waits_writes_nothing() {
    let app = app().await;
    let (root, ada) = (administrator(&app).await, person(&app).await);
    let role = make(&root, "reader", &["things:read"]).await.created();
    let mighty = ["roles:write", "things:read", "users:write"];
    let (eve, bob) =
        (staff(&root, &app, &mighty).await, staff(&root, &app, &["things:read"]).await);
    eve.put(&ada.of(&role)).await.no_content();
    tamper(&app, &format!("delete from role_assignments where user_id = {}", sql(&app, eve.user)))
        .await;

    let refused = [
        make(&eve, "another", &[]).await,
        eve.actor.patch(&at(&role), json!({ "name": "Mine" })).await,
        eve.actor.delete(&at(&role)).await,
        eve.actor.delete(&ada.of(&role)).await,
        eve.put(&bob.of(&role)).await,
        eve.actor
            .post(&format!("/api/v1/users/{}/disable", bob.user), json!({ "reason": "x" }))
            .await,
    ];
    for answer in refused {
        answer.problem(403, "permission_denied");
    }
}
