//! Reading and changing an organization.

use kernel::OrganizationId;
use serde_json::json;
use uuid::Uuid;

use crate::{here, house};

#[actix_web::test]
async fn a_patch_changes_what_it_names_and_is_recorded() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    let seen = house.log(ada.organization).await.len();
    let changed = ada.patch("", json!({ "name": "Acme" })).await;
    assert_eq!(changed.header("etag"), "\"2\"");
    let body = changed.ok();
    assert_eq!((&body["name"], &body["slug"]), (&json!("Acme"), &json!("ada-inc")));
    assert_eq!(ada.patch("", json!({ "slug": "acme" })).await.ok()["slug"], "acme");
    assert_eq!(ada.patch("", json!({ "name": "Acme" })).await.ok()["version"], 3, "as it was");

    let log = house.log_since(&ada, seen).await;
    assert_eq!(log.len(), 2);
    assert!(log.iter().all(|it| it.0 == "organization.updated" && it.1 == ada.organization.0));
    assert_eq!(log[0].2, json!({ "name": { "from": "Ada Inc", "to": "Acme" } }));
    assert_eq!(log[1].2, json!({ "slug": { "from": "ada-inc", "to": "acme" } }));
}

#[actix_web::test]
async fn a_patch_keeps_the_rules_as_a_whole() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    let eve = house.owner("Eve").await;
    for patch in [
        json!({ "name": null }),
        json!({ "slug": null }),
        json!({ "slug": "Acme" }),
        json!({ "name": "Pаypal" }),
        json!({ "version": 7 }),
        json!({ "id": Uuid::nil() }),
    ] {
        ada.patch("", patch).await.problem(422, "validation_failed");
    }
    for slug in ["ada-inc", "ada-1nc"] {
        let answer = eve.patch("", json!({ "slug": slug })).await;
        if slug == "ada-inc" {
            answer.problem(409, "slug_taken");
        } else {
            answer.ok();
        }
    }
    eve.patch("", json!({ "slug": "mod-ada" })).await.ok();
    ada.patch("", json!({ "slug": "rnod-ada" })).await.problem(409, "slug_taken");
    eve.patch("", json!({ "slug": "rnod-ada" })).await.ok();
}

#[actix_web::test]
async fn a_version_that_is_no_longer_current_is_told_so() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    ada.patch("", json!({ "name": "Acme" })).await.ok();
    let late = ada.with("if-match", "\"1\"");
    late.patch("", json!({ "name": "Late" })).await.problem(412, "stale_version");
    late.delete("").await.problem(412, "stale_version");
    ada.with("if-match", "\"2\"").patch("", json!({ "name": "Good" })).await.ok();
    let known = ada.with("if-none-match", "\"3\"").get("").await;
    assert_eq!((known.status, known.text.as_str()), (304, ""));
    ada.with("if-match", "\"3\"").delete("").await.no_content();
}

/// ASVS 8.2.2, 8.4.1: another organization's id and a random one are the same.
#[actix_web::test]
async fn to_who_is_no_member_there_is_no_such_organization() {
    let house = house().await;
    let (ada, eve) = (house.owner("Ada").await, house.owner("Eve").await);
    let (foreign, random) = (eve.at(ada.organization), eve.at(OrganizationId(house.id())));
    let body = json!({ "name": "Mine" });
    let told = |mut problem: serde_json::Value| {
        problem["request_id"] = json!(null);
        problem
    };
    for path in ["", "/members", &format!("/members/{}", ada.user())] {
        let [one, other] = [foreign.get(path).await, random.get(path).await];
        assert_eq!(told(one.problem(404, "not_found")), told(other.problem(404, "not_found")));
    }
    foreign.patch("", body.clone()).await.problem(404, "not_found");
    foreign.delete("").await.problem(404, "not_found");
    for path in ["/restore", "/leave", "/transfer-ownership"] {
        foreign.post(path, json!({ "user_id": eve.user() })).await.problem(404, "not_found");
    }
    foreign.get(&format!("{}x", here(&ada))).await.problem(404, "not_found");
    foreign.stranger().get("").await.problem(401, "not_authenticated");
    assert_eq!(ada.get("").await.ok()["version"], 1);
}

/// ASVS 8.2.1.
#[actix_web::test]
async fn each_role_may_do_what_it_is_for_and_no_more() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    for (name, role, may) in [
        ("Vic", "viewer", [200, 403, 403]),
        ("Mel", "member", [200, 403, 403]),
        ("Ann", "admin", [200, 200, 403]),
    ] {
        let them = house.member(&ada, name, role).await;
        let answers = [
            them.get("").await.status,
            them.patch("", json!({ "name": name })).await.status,
            them.delete("").await.status,
        ];
        assert_eq!(answers, may, "{role}");
        them.post("/restore", json!({})).await.problem(403, "permission_denied");
    }
}

/// Issue 4: authorisation adds no query.
#[actix_web::test]
async fn reading_an_organization_takes_one_statement() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    let (_, first) = house.statements(ada.get("")).await;
    assert_eq!(first, 2, "what the caller may do, once, and the row");
    let (read, statements) = house.statements(ada.get("")).await;
    read.ok();
    assert_eq!(statements, 1);
}
