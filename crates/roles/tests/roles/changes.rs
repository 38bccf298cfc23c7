//! Roles of one's own, changed.

use chrono::TimeDelta;
use futures_util::future::{join, join_all};
use serde_json::{Value, json};

use crate::{
    ADMIN, OWNER, VIEWER, administrator, administrators, app, at, here, id, make, make_here,
    member, organization, tamper, told,
};

#[actix_web::test]
async fn a_patch_changes_what_it_names_and_keeps_the_rest() {
    let app = app().await;
    let root = administrator(&app).await;
    let made = make(&root, "support", &["things:read"]).await.created();
    app.database.clock.advance(TimeDelta::minutes(1));
    let answer = root.actor.patch(&at(&made), json!({ "name": "Help", "description": "?" })).await;
    assert_eq!(answer.header("etag"), "\"2\"");
    let changed = answer.ok();
    assert_eq!((&changed["name"], &changed["key"]), (&json!("Help"), &json!("support")));
    assert_eq!(changed["permissions"], json!(["things:read"]));
    assert_eq!(changed["updated_at"], "2026-11-20T12:01:00Z");
    assert_eq!(root.actor.get(&at(&made)).await.ok(), changed);
    let cleared = root.actor.patch(&at(&made), json!({ "description": null })).await.ok();
    assert_eq!(cleared["description"], "");

    let [_, entry, _] = told(&app, id(&made)).await.try_into().unwrap();
    let changes = json!({
        "name": { "from": "A role", "to": "Help" },
        "description": { "from": "", "to": "?" },
    });
    assert_eq!((entry.action.as_str(), entry.changes), ("role.updated", changes));
}

#[actix_web::test]
async fn a_patch_that_changes_nothing_is_no_change() {
    let app = app().await;
    let root = administrator(&app).await;
    let made = make(&root, "support", &["things:read", "roles:read"]).await.created();
    for patch in [
        json!({}),
        json!({ "key": "support", "name": "A role" }),
        json!({ "permissions": ["things:read", "roles:read"] }),
    ] {
        assert_eq!(root.actor.patch(&at(&made), patch).await.ok(), made);
    }
    assert_eq!(told(&app, id(&made)).await.len(), 1, "the making of it");
}

/// Members, invitations and programs name roles by their keys.
#[actix_web::test]
async fn a_key_never_changes() {
    let app = app().await;
    let root = administrator(&app).await;
    let made = make(&root, "support", &[]).await.created();
    let refused = root.actor.patch(&at(&made), json!({ "key": "help" })).await;
    let refused = refused.problem(422, "validation_failed");
    let fault = &refused["errors"][0];
    assert_eq!((&fault["pointer"], &fault["code"]), (&json!("/key"), &json!("immutable")));
    for patch in [json!({ "name": null }), json!({ "permissions": null }), json!({ "system": 1 })] {
        root.actor.patch(&at(&made), patch).await.problem(422, "validation_failed");
    }
    let unknown = root.actor.patch(&at(&made), json!({ "permissions": ["a:b"] })).await;
    let unknown = unknown.problem(422, "validation_failed");
    assert_eq!(unknown["errors"][0]["pointer"], "/permissions/0");
    assert_eq!(root.actor.get(&at(&made)).await.ok(), made);
}

#[actix_web::test]
async fn system_roles_neither_change_nor_go() {
    let app = app().await;
    let root = administrator(&app).await;
    let administrator = administrators(&root).await;
    assert_eq!(administrator["key"], "administrator");
    for patch in [json!({ "name": "Root" }), json!({ "permissions": [] }), json!({})] {
        root.actor.patch(&at(&administrator), patch).await.problem(409, "system_role");
    }
    root.actor.delete(&at(&administrator)).await.problem(409, "system_role");

    let place = organization(&app).await;
    let owner = member(&app, &place, place.roles[OWNER]).await;
    for system in owner.actor.get("/roles").await.ok()["items"].as_array().unwrap() {
        assert_eq!(system["system"], true);
        let refused = owner.actor.patch(&here(system), json!({ "name": "Mine" })).await;
        refused.problem(409, "system_role");
        owner.actor.delete(&here(system)).await.problem(409, "system_role");
    }
}

/// What the system's roles allow is said in code, by the ranks of the features' permissions.
#[actix_web::test]
async fn a_stronger_system_role_holds_all_that_a_weaker_one_does() {
    let app = app().await;
    let place = organization(&app).await;
    let viewer = member(&app, &place, place.roles[VIEWER]).await;
    let page = viewer.actor.get("/roles").await.ok();
    assert_eq!(crate::each(&page, "key"), ["owner", "admin", "member", "viewer"]);
    // Features below have permissions of their own.
    let known =
        |key: &Value| ["roles:", "things:"].iter().any(|it| key.as_str().unwrap().starts_with(it));
    let allowed = |at: usize| {
        let mut keys = page["items"][at]["permissions"].as_array().unwrap().clone();
        keys.retain(known);
        Value::from(keys)
    };
    assert_eq!(allowed(3), json!(["roles:read", "things:read"]));
    assert_eq!(allowed(2), json!(["roles:read", "things:read", "things:write"]));
    assert_eq!(allowed(1), json!(["roles:read", "roles:write", "things:read", "things:write"]));
    assert_eq!(allowed(0).as_array().unwrap().len(), 5, "everything");
}

#[actix_web::test]
async fn a_change_of_a_version_that_is_gone_is_refused() {
    let app = app().await;
    let root = administrator(&app).await;
    let made = at(&make(&root, "support", &[]).await.created());
    root.actor.patch(&made, json!({ "name": "Two" })).await.ok();
    let stale = root.actor.with("if-match", "\"1\"");
    stale.patch(&made, json!({ "name": "Three" })).await.problem(412, "stale_version");
    stale.delete(&made).await.problem(412, "stale_version");

    let fresh = root.actor.with("if-match", "\"2\"");
    let patches = (1..=2).map(|n| fresh.patch(&made, json!({ "name": format!("Name {n}") })));
    assert_eq!(crate::statuses(&join_all(patches).await), [200, 412]);
    let (one, other) = join(
        root.actor.patch(&made, json!({ "name": "Last" })),
        root.actor.patch(&made, json!({ "description": "Both count." })),
    )
    .await;
    one.ok();
    other.ok();
    let now = root.actor.get(&made).await.ok();
    assert_eq!((&now["name"], &now["description"]), (&json!("Last"), &json!("Both count.")));
    root.actor.with("if-match", "\"5\"").delete(&made).await.no_content();
}

/// A role may outlive a feature: what no feature declares allows nothing, and is in nobody's way.
#[actix_web::test]
async fn what_a_role_allowed_of_a_feature_that_is_gone_is_not_shown() {
    let app = app().await;
    let place = organization(&app).await;
    let admin = member(&app, &place, place.roles[ADMIN]).await;
    let made = make_here(&admin, "packer", &["things:read"]).await.created();
    let sql =
        r#"update roles set permissions = '["gone:since","things:read"]' where key = 'packer'"#;
    tamper(&app, sql).await;
    let shown = admin.actor.get(&here(&made)).await.ok();
    assert_eq!(shown["permissions"], json!(["things:read"]));
    let renamed = admin.actor.patch(&here(&made), json!({ "name": "New" })).await.ok();
    assert_eq!(renamed["permissions"], json!(["things:read"]));
}

/// ASVS 16.5.3: a change that cannot be recorded is not made.
#[actix_web::test]
async fn a_change_whose_entry_cannot_be_written_is_none() {
    let app = app().await;
    let root = administrator(&app).await;
    let made = make(&root, "support", &[]).await.created();
    tamper(&app, "alter table audit_log rename to lost").await;
    root.actor.patch(&at(&made), json!({ "name": "X" })).await.problem(500, "internal");
    root.actor.delete(&at(&made)).await.problem(500, "internal");
    make(&root, "more", &[]).await.problem(500, "internal");
    assert_eq!(root.actor.get(&at(&made)).await.ok(), made);
}

/// A feature that is not there today may be back tomorrow.
#[actix_web::test]
async fn a_change_keeps_permissions_that_no_feature_declares_at_the_moment() {
    let app = app().await;
    let root = administrator(&app).await;
    let role = make(&root, "reader", &["things:read"]).await.created();
    tamper(&app, "update roles set permissions = '[\"gone:since\"]' where key = 'reader'").await;
    let wanted = json!({ "permissions": ["things:read"] });
    let answer = root.actor.patch(&at(&role), wanted.clone()).await.ok();
    assert_eq!(answer["permissions"], wanted["permissions"]);
    let door = app.database.system();
    let found = door.run(async |tx| roles::named(&**tx, &["reader".to_owned()]).await).await;
    assert_eq!(found.unwrap()[0].permissions.0, ["things:read", "gone:since"]);
}
