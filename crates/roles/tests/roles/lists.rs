//! Roles, listed.

use serde_json::{Value, json};

use crate::{ADMIN, ROLES, administrator, app, each, make, make_here, member, organization, staff};

#[actix_web::test]
async fn roles_come_in_the_order_asked_for_the_systems_first() {
    let app = app().await;
    let place = organization(&app).await;
    let admin = member(&app, &place, place.roles[ADMIN]).await;
    for key in ["zebra", "ant", "mole"] {
        make_here(&admin, key, &[]).await.created();
    }
    let keys = async |query: &str| {
        let page = admin.actor.get(&format!("/roles?{query}")).await.ok();
        each(&page, "key").join(" ")
    };
    let oldest = "owner admin member viewer zebra ant mole";
    assert_eq!(keys("").await, oldest);
    assert_eq!(keys("sort=created_at").await, oldest);
    assert_eq!(keys("sort=-created_at&limit=2").await, "mole ant");
    assert_eq!(keys("sort=key").await, "admin ant member mole owner viewer zebra");
    assert_eq!(keys("sort=-name&limit=3").await, "viewer owner member");
    admin.actor.get("/roles?sort=permissions").await.problem(422, "validation_failed");
    admin.actor.get("/roles?key=ant").await.problem(422, "validation_failed");
}

#[actix_web::test]
async fn pages_follow_one_another_and_a_cursor_is_good_at_its_own_place_only() {
    let app = app().await;
    let (root, place) = (administrator(&app).await, organization(&app).await);
    let admin = member(&app, &place, place.roles[ADMIN]).await;
    for n in 0..5 {
        make_here(&admin, &format!("role{n}"), &[]).await.created();
        make(&root, &format!("role{n}"), &[]).await.created();
    }
    for (actor, path, many) in [(&root.actor, ROLES, 6), (&admin.actor, "/roles", 9)] {
        let mut page = actor.get(&format!("{path}?limit=2&sort=key&count=capped")).await.ok();
        assert_eq!(page["total"], json!({ "value": many, "relation": "eq" }));
        let mut keys: Vec<String> = Vec::new();
        loop {
            keys.extend(each(&page, "key").into_iter().map(str::to_owned));
            let Value::String(next) = &page["next_cursor"] else { break };
            page = actor.get(&format!("{path}?limit=2&sort=key&cursor={next}")).await.ok();
        }
        assert!(keys.len() == many && keys.is_sorted(), "{keys:?}");
    }
    let page = root.actor.get(&format!("{ROLES}?limit=2")).await.ok();
    let cursor = page["next_cursor"].as_str().unwrap();
    let foreign = admin.actor.get(&format!("/roles?limit=2&cursor={cursor}")).await;
    foreign.problem(400, "invalid_cursor");
}

/// Design §5: what a list costs does not grow with it.
#[actix_web::test]
async fn lists_and_reads_are_one_statement_however_many_roles_there_are() {
    let app = app().await;
    let (root, place) = (administrator(&app).await, organization(&app).await);
    let admin = member(&app, &place, place.roles[ADMIN]).await;
    let someone = staff(&root, &app, &["things:read"]).await;
    let cost = async |actor: &kernel::testing::Actor<'_>, path: &str| {
        actor.get(path).await.ok();
        let before = app.database.statements();
        actor.get(path).await.ok();
        app.database.statements() - before
    };
    for n in 0..30 {
        if n == 1 || n == 29 {
            assert_eq!(cost(&root.actor, ROLES).await, 1);
            assert_eq!(
                cost(&root.actor, &someone.their_roles()).await,
                2,
                "the account, its roles"
            );
        }
        make(&root, &format!("role{n}"), &["things:read"]).await.created();
        let made = make_here(&admin, &format!("role{n}"), &["things:read"]).await.created();
        if n == 1 || n == 29 {
            // The port of these tests asks for the member's roles at each request.
            assert_eq!(cost(&admin.actor, "/roles?limit=100").await, 2);
            assert_eq!(cost(&admin.actor, &crate::here(&made)).await, 2);
        }
    }
}
