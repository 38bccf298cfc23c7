//! Asking what one may do.

use kernel::{OrganizationId, UserId, testing::Actor};
use serde_json::{Value, json};

use crate::{House, give, house, leave};

const CHECK: &str = "/api/v1/permissions/check";

async fn check(who: &Actor<'_>, checks: Value) -> Vec<Value> {
    let answer = who.post(CHECK, json!({ "checks": checks })).await.ok();
    answer["results"].as_array().unwrap().clone()
}

fn ask(permission: &str, organization: OrganizationId) -> Value {
    json!({ "permission": permission, "organization_id": organization })
}

fn told(allowed: bool, via: &[&str]) -> Value {
    json!({ "allowed": allowed, "via": via })
}

/// ASVS 8.2.1.
#[actix_web::test]
async fn one_learns_what_one_may_do_and_through_which_role() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    house.role(&ada, "usher", &["members:write"]).await;
    let mel = house.member(&ada, "Mel", "viewer").await;
    give(&ada, &mel, &["viewer", "usher"]).await.ok();
    let there = ada.organization;
    let results = check(
        &mel,
        json!([
            ask("members:write", there),
            ask("members:read", there),
            ask("organizations:delete", there),
            ask("members:fly", there),
            ask("users:write", there),
            { "permission": "users:write" },
            { "permission": "members:read" },
            ask("members:read", OrganizationId(house.id())),
        ]),
    )
    .await;
    let none = told(false, &[]);
    assert_eq!(results[0], told(true, &["usher"]));
    assert_eq!(results[1], told(true, &["viewer"]));
    assert_eq!(results[2..], vec![none; 6]);
    let both =
        check(&ada, json!([ask("members:read", there), { "permission": "members:read" }])).await;
    assert_eq!(both, [told(true, &["owner"]), told(false, &[])]);
}

/// ASVS 8.2.2: of an organization one does not belong to, one learns nothing.
#[actix_web::test]
async fn a_foreign_organization_is_like_none_at_all() {
    let house = house().await;
    let (ada, eve) = (house.owner("Ada").await, house.owner("Eve").await);
    let asked = json!([
        ask("members:read", ada.organization),
        ask("members:read", OrganizationId(house.id()))
    ]);
    assert_eq!(check(&eve, asked).await, [told(false, &[]), told(false, &[])]);
    let mel = house.member(&ada, "Mel", "admin").await;
    let asked = json!([ask("members:read", ada.organization)]);
    assert_eq!(check(&mel, asked.clone()).await, [told(true, &["admin"])]);
    leave(&mel).await.no_content();
    assert_eq!(check(&mel, asked).await, [told(false, &[])]);
}

#[actix_web::test]
async fn in_a_deleted_organization_its_owner_may_restore_it_and_nothing_else() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    let ann = house.member(&ada, "Ann", "admin").await;
    ada.delete("").await.no_content();
    let there = ada.organization;
    let asked = json!([ask("organizations:restore", there), ask("organizations:read", there)]);
    assert_eq!(check(&ada, asked.clone()).await, [told(true, &["owner"]), told(false, &[])]);
    assert_eq!(check(&ann, asked).await, [told(false, &[]), told(false, &[])]);
}

/// The roles are the platform's own there.
#[actix_web::test]
async fn on_the_platform_it_is_the_platforms_roles_that_count() {
    let house = house().await;
    let ada = house.person("Ada").await;
    let door = house.database.system();
    let make = async |tx: &kernel::Tx| roles::make_administrator(tx, ada.user()).await;
    door.run(make).await.unwrap();
    let root = house.sign_in(ada.user(), &["users:write", "roles:write"]);
    let asked = json!([{ "permission": "users:write" }, { "permission": "audit_log:read" }]);
    let results = check(&root, asked).await;
    assert_eq!(
        results,
        [told(true, &["administrator"]), told(false, &[])],
        "the token's own are less"
    );
}

#[actix_web::test]
async fn one_to_a_hundred_questions_are_answered() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    let one = ask("members:read", ada.organization);
    assert_eq!(check(&ada, json!(vec![&one; 100])).await.len(), 100);
    for body in [
        json!({ "checks": [] }),
        json!({ "checks": vec![&one; 101] }),
        json!({ "checks": [{ "permission": "" }] }),
        json!({ "checks": [{ "permission": "a:b", "organization_id": "acme" }] }),
        json!({ "checks": [{ "permission": "a:b", "user_id": UserId(house.id()) }] }),
    ] {
        ada.post(CHECK, body).await.problem(422, "validation_failed");
    }
    let body = json!({ "checks": [one] });
    ada.stranger().post(CHECK, body).await.problem(401, "not_authenticated");
}

async fn hundred(house: &House, who: &Actor<'_>) -> Vec<Value> {
    house.crowd(who, 100, "owner").await;
    let rows = house.rows("select organization_id from memberships", vec![]).await;
    let ids = rows.iter().map(|row| OrganizationId(row.try_get_by_index(0).unwrap()));
    ids.take(100).map(|id| ask("members:write", id)).collect()
}

/// Issue 4: in one query or none.
#[actix_web::test]
async fn a_hundred_checks_in_as_many_organizations_take_one_statement_or_none() {
    let house = house().await;
    let eve = house.person("Eve").await;
    let asked = json!({ "checks": hundred(&house, &eve).await });
    for most in [1, 0] {
        let (answer, statements) = house.statements(eve.post(CHECK, asked.clone())).await;
        let results = answer.ok()["results"].clone();
        assert!(results.as_array().unwrap().iter().all(|it| *it == told(true, &["owner"])));
        assert_eq!((results.as_array().unwrap().len(), statements), (100, most));
    }
}
