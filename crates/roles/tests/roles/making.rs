//! Roles of one's own, made.

use std::ops::Range;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{
    ADMIN, ROLES, administrator, app, at, here, id, make, make_here, member, organization, rounds,
    statuses, told,
};

#[actix_web::test]
async fn a_new_role_can_be_read_and_is_recorded() {
    let app = app().await;
    let root = administrator(&app).await;
    let body = json!({
        "key": "support", "name": "Support", "description": "Looks.\nDoes not touch.",
        "permissions": ["things:read", "cellar:inspect"],
    });
    let made = root.actor.post(ROLES, body).await;
    let (location, tag) = (made.header("location").to_owned(), made.header("etag").to_owned());
    let made = made.created();
    assert_eq!((location, tag.as_str()), (at(&made), "\"1\""));
    assert_eq!(made["permissions"], json!(["cellar:inspect", "things:read"]), "in order");
    assert_eq!((&made["system"], &made["version"]), (&json!(false), &json!(1)));
    assert_eq!(made["description"], "Looks.\nDoes not touch.");
    assert_eq!(made["created_at"], "2026-11-20T12:00:00Z");
    let read = root.actor.get(&at(&made)).await;
    assert_eq!(read.header("etag"), "\"1\"");
    assert_eq!(read.ok(), made);
    let unchanged = root.actor.with("if-none-match", "\"1\"").get(&at(&made)).await;
    assert_eq!(unchanged.status, 304);

    let [entry] = told(&app, id(&made)).await.try_into().unwrap();
    assert_eq!((entry.action.as_str(), entry.actor.id), ("role.created", root.user.0));
    assert_eq!(entry.changes["key"], json!({ "from": null, "to": "support" }));
    let to = &entry.changes["permissions"]["to"];
    assert_eq!(to, &json!(["cellar:inspect", "things:read"]));
}

#[actix_web::test]
async fn an_organization_makes_roles_as_the_platform_does() {
    let app = app().await;
    let place = organization(&app).await;
    let admin = member(&app, &place, place.roles[ADMIN]).await;
    let made = make_here(&admin, "packer", &["things:read"]).await;
    let location = made.header("location").to_owned();
    let made = made.created();
    assert!(location.ends_with(&format!("/organizations/{}{}", place.id, here(&made))));
    assert_eq!(admin.actor.get(&here(&made)).await.ok(), made);
    assert_eq!(told(&app, id(&made)).await.len(), 0, "it is the organization's own entry");
}

#[actix_web::test]
async fn a_key_is_one_roles_and_each_place_has_its_own() {
    let app = app().await;
    let (root, one, two) =
        (administrator(&app).await, organization(&app).await, organization(&app).await);
    make(&root, "packer", &[]).await.created();
    for place in [&one, &two] {
        let admin = member(&app, place, place.roles[ADMIN]).await;
        make_here(&admin, "packer", &[]).await.created();
        make_here(&admin, "packer", &[]).await.problem(409, "role_key_taken");
        for system in ["owner", "admin", "member", "viewer"] {
            make_here(&admin, system, &[]).await.problem(409, "role_key_taken");
        }
        make_here(&admin, "administrator", &[]).await.created();
    }
    make(&root, "packer", &[]).await.problem(409, "role_key_taken");
    make(&root, "administrator", &[]).await.problem(409, "role_key_taken");
    make(&root, "owner", &[]).await.created();
}

/// ASVS 2.2.1: each fault is told by its place, and the value is not repeated.
#[actix_web::test]
async fn what_breaks_a_rule_is_refused_by_its_place() {
    let app = app().await;
    let root = administrator(&app).await;
    let refused = async |member: &str, value: Value, pointer: &str, code: &str| {
        let mut body = json!({ "key": "good", "name": "Good", "permissions": [] });
        body[member] = value;
        let told = root.actor.post(ROLES, body).await.problem(422, "validation_failed");
        assert_eq!(told["errors"][0]["pointer"], pointer, "{told}");
        assert_eq!(told["errors"][0]["code"], code, "{told}");
    };
    let long = "a".repeat(65);
    for key in ["", "a", "A1", "1a", "_a", "-a", "a b", "a.b", "ab\n", "é1", "aá", long.as_str()]
    {
        refused("key", json!(key), "/key", "key").await;
    }
    for name in ["   ", "a\nb", "\u{202e}nimda"] {
        refused("name", json!(name), "/name", "name").await;
    }
    refused("name", json!("n".repeat(101)), "/name", "length").await;
    refused("description", json!("d".repeat(501)), "/description", "length").await;
    refused("description", json!("a\u{7}"), "/description", "control_character").await;
    refused("permissions", json!(vec!["x"; 257]), "/permissions", "length").await;
    refused("permissions", json!(["roles:fly"]), "/permissions/0", "unknown_permission").await;
    let scopes = json!(["roles:read", "things:write"]);
    refused("permissions", scopes, "/permissions/1", "unknown_permission").await;
    let twice = json!(["roles:read", "things:read", "roles:read"]);
    refused("permissions", twice, "/permissions/2", "repeated").await;
    for member in ["id", "system", "version", "organization_id", "created_at"] {
        refused(member, json!(true), &format!("/{member}"), "unknown_field").await;
    }
    let keys = [format!("a{}", "b".repeat(63)), "z-9_".to_owned()];
    for key in &keys {
        make(&root, key, &[]).await.created();
    }
}

#[actix_web::test]
async fn every_permission_that_is_none_is_told_at_once() {
    let app = app().await;
    let root = administrator(&app).await;
    let told = make(&root, "many", &["a:b", "roles:read", "things:give"]).await;
    let told = told.problem(422, "validation_failed");
    let places: Vec<_> =
        told["errors"].as_array().unwrap().iter().map(|it| &it["pointer"]).collect();
    assert_eq!(places, ["/permissions/0", "/permissions/2"]);
}

#[actix_web::test]
async fn a_role_that_is_posted_twice_under_one_key_is_made_once() {
    let app = app().await;
    let place = organization(&app).await;
    let root = administrator(&app).await.actor.with("idempotency-key", "once");
    let admin = member(&app, &place, place.roles[ADMIN]).await.actor;
    let admin = admin.with("idempotency-key", "once");
    for (actor, path) in [(root, ROLES), (admin, "/roles")] {
        let body = json!({ "key": "once", "name": "Once", "permissions": [] });
        let first = actor.post(path, body.clone()).await;
        let again = actor.post(path, body).await;
        assert_eq!(again.header("idempotency-replayed"), "true");
        assert_eq!(again.header("location"), first.header("location"));
        assert_eq!(again.created(), first.created());
        let other = json!({ "key": "other", "name": "Once", "permissions": [] });
        actor.post(path, other).await.problem(422, "idempotency_key_reused");
    }
}

/// Nothing of a place grows without bound, however many ask at once.
#[actix_web::test]
async fn a_place_has_two_hundred_roles_of_its_own_and_no_more() {
    let app = app().await;
    let place = organization(&app).await;
    let admin = member(&app, &place, place.roles[ADMIN]).await;
    let many = async |numbers: Range<usize>| {
        let keys: Vec<_> = numbers.map(|n| format!("role{n}")).collect();
        join_all(keys.iter().map(|key| make_here(&admin, key, &[]))).await
    };
    assert_eq!(statuses(&many(0..198).await), [201; 198]);
    for round in 0..rounds().div_ceil(4) {
        let made = many(198..206).await;
        assert_eq!(statuses(&made)[..3], [201, 201, 409], "round {round}");
        for answer in made.into_iter().filter(|it| it.status == 201) {
            admin.actor.delete(&here(&answer.created())).await.no_content();
        }
    }
    many(198..200).await;
    make_here(&admin, "more", &[]).await.problem(409, "too_many_roles");
    let elsewhere = organization(&app).await;
    let other = member(&app, &elsewhere, elsewhere.roles[ADMIN]).await;
    make_here(&other, "more", &[]).await.created();
    let page = admin.actor.get("/roles?limit=1&count=exact").await.ok();
    assert_eq!(page["total"]["value"], 204, "the system's are not counted");
}
