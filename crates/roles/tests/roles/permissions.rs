//! What roles may allow: every feature's permissions, from memory.

use serde_json::json;

use crate::{app, each, person};

const ALL: &str = "/api/v1/permissions";

#[actix_web::test]
async fn whoever_is_signed_in_sees_what_roles_may_allow() {
    let app = app().await;
    app.stranger().get(ALL).await.problem(401, "not_authenticated");
    let page = person(&app).await.actor.get(&format!("{ALL}?limit=100")).await.ok();
    let found = |key: &str, scope: &str| {
        let items = page["items"].as_array().unwrap().iter();
        items.clone().find(|it| it["key"] == key && it["scope"] == scope).unwrap().clone()
    };
    let sentence = "See things of everybody.";
    let platform = json!({ "key": "things:read", "scope": "platform", "sentence": sentence, "rank": "administrator" });
    assert_eq!(found("things:read", "platform"), platform);
    for (key, rank) in [
        ("things:read", "viewer"),
        ("things:write", "member"),
        ("roles:read", "viewer"),
        ("roles:write", "admin"),
        ("things:give", "owner"),
    ] {
        assert_eq!(found(key, "organization")["rank"], rank, "{key}");
    }
    assert!(each(&page, "key").is_sorted());
}

#[actix_web::test]
async fn permissions_are_filtered_by_scope_and_paged_like_every_list() {
    let app = app().await;
    let me = person(&app).await.actor;
    let whole = me.get(&format!("{ALL}?scope=organization&limit=100&count=exact")).await.ok();
    assert!(each(&whole, "scope").iter().all(|it| *it == "organization"));
    let many = whole["items"].as_array().unwrap().len();
    assert_eq!(whole["total"], json!({ "value": many, "relation": "eq" }));

    let first = me.get(&format!("{ALL}?scope=organization&limit=2")).await;
    assert!(first.header("link").contains(r#"rel="next""#), "{}", first.header("link"));
    let mut page = first.ok();
    let mut keys: Vec<String> = each(&page, "key").into_iter().map(str::to_owned).collect();
    while let Some(next) = page["next_cursor"].as_str() {
        let path = format!("{ALL}?scope=organization&limit=2&cursor={next}");
        page = me.get(&path).await.ok();
        keys.extend(each(&page, "key").into_iter().map(str::to_owned));
    }
    assert_eq!(keys, each(&whole, "key"));
    let falling = me.get(&format!("{ALL}?scope=organization&sort=-key&limit=100")).await.ok();
    assert!(each(&falling, "key").iter().rev().eq(each(&whole, "key").iter()));
}

/// ASVS 15.3.7.
#[actix_web::test]
async fn a_list_of_permissions_refuses_what_any_list_refuses() {
    let app = app().await;
    let me = person(&app).await.actor;
    for query in ["scope=galaxy", "sort=sentence", "limit=0", "key=x", "scope=platform&scope=x"] {
        me.get(&format!("{ALL}?{query}")).await.problem(422, "validation_failed");
    }
    let page = me.get(&format!("{ALL}?limit=1")).await.ok();
    let cursor = page["next_cursor"].as_str().unwrap();
    let foreign = me.get(&format!("{ALL}?scope=platform&cursor={cursor}")).await;
    foreign.problem(400, "invalid_cursor");
}

#[actix_web::test]
async fn permissions_cost_no_statement() {
    let app = app().await;
    let me = person(&app).await.actor;
    me.get(ALL).await.ok();
    let before = app.database.statements();
    me.get(ALL).await.ok();
    assert_eq!(app.database.statements(), before);
}
