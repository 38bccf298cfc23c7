//! The platform roles of accounts: given, seen, taken.

use futures_util::future::join_all;
use kernel::UserId;
use serde_json::json;

use crate::{
    ROLES, administrator, administrators, app, each, make, organization, person, staff, tamper,
    told,
};

const NOTHING: &str = "01900000-0000-7000-8000-000000000000";

#[actix_web::test]
async fn a_role_counts_from_the_next_request_until_it_is_taken() {
    let app = app().await;
    let (root, ada) = (administrator(&app).await, person(&app).await);
    let reader = make(&root, "reader", &["roles:read"]).await.created();
    ada.actor.get(ROLES).await.problem(403, "permission_denied");
    root.put(&ada.of(&reader)).await.no_content();
    assert_eq!(each(&ada.actor.get(&ada.their_roles()).await.ok(), "key"), ["reader"]);
    root.actor.delete(&ada.of(&reader)).await.no_content();
    ada.actor.get(ROLES).await.problem(403, "permission_denied");
    assert_eq!(root.actor.get(&ada.their_roles()).await.ok()["items"], json!([]));

    let entries = told(&app, ada.user).await;
    let actions: Vec<_> = entries.iter().map(|it| it.action.as_str()).collect();
    assert_eq!(
        actions,
        ["user.created", "user.email_verified", "role.assigned", "role.unassigned"]
    );
    for entry in &entries[2..] {
        assert_eq!((entry.actor.id, &entry.changes), (root.user.0, &json!({ "role": "reader" })));
    }
}

#[actix_web::test]
async fn giving_twice_is_giving_once_and_what_is_not_there_cannot_be_taken() {
    let app = app().await;
    let (root, ada) = (administrator(&app).await, person(&app).await);
    let reader = make(&root, "reader", &["roles:read"]).await.created();
    let path = ada.of(&reader);
    let puts = join_all((0..6).map(|_| root.put(&path))).await;
    assert_eq!(crate::statuses(&puts), [204; 6]);
    assert_eq!(told(&app, ada.user).await.len(), 3, "made, proved, and given once");
    root.actor.delete(&ada.of(&reader)).await.no_content();
    root.actor.delete(&ada.of(&reader)).await.problem(404, "not_found");
    assert_eq!(told(&app, ada.user).await.len(), 4);
}

#[actix_web::test]
async fn an_unknown_account_or_role_is_not_there() {
    let app = app().await;
    let root = administrator(&app).await;
    let role = administrators(&root).await;
    let id = role["id"].as_str().unwrap();
    for user in [NOTHING, "me", "x", "%00"] {
        let path = format!("/api/v1/users/{user}/roles");
        root.actor.get(&path).await.problem(404, "not_found");
        root.put(&format!("{path}/{id}")).await.problem(404, "not_found");
        root.actor.delete(&format!("{path}/{id}")).await.problem(404, "not_found");
    }
    for role in [NOTHING, "administrator", "x"] {
        let path = format!("{}/{role}", root.their_roles());
        root.put(&path).await.problem(404, "not_found");
        root.actor.delete(&path).await.problem(404, "not_found");
    }
}

#[actix_web::test]
async fn the_roles_of_an_account_are_a_list_like_every_list() {
    let app = app().await;
    let (root, ada) = (administrator(&app).await, person(&app).await);
    let place = organization(&app).await;
    crate::set(&app, &place, &ada, &place.roles).await.unwrap();
    for key in ["cc", "aa", "bb"] {
        let role = make(&root, key, &[]).await.created();
        root.put(&ada.of(&role)).await.no_content();
    }
    let list = ada.their_roles();
    let first = root.actor.get(&format!("{list}?sort=key&limit=2&count=exact")).await.ok();
    assert_eq!((each(&first, "key"), &first["total"]["value"]), (vec!["aa", "bb"], &json!(3)));
    let next = first["next_cursor"].as_str().unwrap();
    let second = root.actor.get(&format!("{list}?sort=key&limit=2&cursor={next}")).await.ok();
    assert_eq!(each(&second, "key"), ["cc"]);
    let other = format!("{}?sort=key&limit=2&cursor={next}", root.their_roles());
    root.actor.get(&other).await.problem(400, "invalid_cursor");
}

#[actix_web::test]
async fn an_account_that_goes_leaves_its_roles_behind() {
    let app = app().await;
    let root = administrator(&app).await;
    let second = administrator(&app).await;
    let reader = staff(&root, &app, &["roles:read"]).await;
    for gone in [&second, &reader] {
        let door = app.database.system();
        door.run(async |tx| users::delete(tx, gone.user).await).await.unwrap();
        gone.actor.get(ROLES).await.problem(403, "permission_denied");
        root.actor.get(&gone.their_roles()).await.problem(404, "not_found");
        let entries = told(&app, gone.user).await;
        let entry = entries.iter().find(|it| it.action == "role.unassigned").unwrap();
        assert_eq!(entry.changes["reason"], "account_deleted");
    }
    assert_eq!(roles_left(&app, second.user).await + roles_left(&app, reader.user).await, 0);
    tamper(&app, "update users set deleted_at = null").await;
    reader.actor.get(ROLES).await.problem(403, "permission_denied");
}

async fn roles_left(app: &kernel::testing::App, user: UserId) -> usize {
    roles::platform_roles(app.database.system().view(), user).await.unwrap().len()
}

/// Design §8: an account without platform roles pays one look, and no more, when it goes.
#[actix_web::test]
async fn giving_and_taking_cost_what_they_must() {
    let app = app().await;
    let (root, ada) = (administrator(&app).await, person(&app).await);
    let reader = make(&root, "reader", &["roles:read"]).await.created();
    let path = ada.of(&reader);
    root.put(&path).await.no_content();
    root.actor.delete(&path).await.no_content();
    let statements = || app.database.statements();
    let before = statements();
    root.put(&path).await.no_content();
    // BEGIN, the account and the role (held), the caller's roles, the row, the entry, the
    // invalidation, COMMIT.
    assert_eq!(statements() - before, 8);
    let before = statements();
    root.actor.delete(&path).await.no_content();
    assert_eq!(statements() - before, 8, "the same, and nothing held");
    let before = statements();
    root.put(&path).await.no_content();
    root.put(&path).await.no_content();
    assert_eq!(statements() - before, 8 + 6, "the second leaves nothing behind");
}
