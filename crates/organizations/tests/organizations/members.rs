//! Members: seeing and changing them.

use kernel::UserId;
use serde_json::json;

use crate::{all, at, give, house, leave};

#[actix_web::test]
async fn members_are_seen_with_their_names_addresses_and_roles() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    let vic = house.member(&ada, "Vic", "viewer").await;
    house.owner("Eve").await;
    let page = vic.get("/members").await.ok();
    assert_eq!(all(&page, "name"), ["Ada", "Vic"]);
    assert_eq!(all(&page, "email"), ["ada@example.com", "vic@example.com"]);
    assert_eq!(page["items"][0]["roles"], json!(["owner"]));

    let one = vic.get(&at(&ada)).await;
    assert_eq!(one.header("etag"), "\"1\"");
    assert_eq!(one.ok(), page["items"][0]);
    // An account is renamed or disabled without its membership changing, so there is no 304.
    vic.with("if-none-match", "\"1\"").get(&at(&ada)).await.ok();
    for nobody in [UserId(house.id()), house.person("Zoe").await.user()] {
        vic.get(&format!("/members/{nobody}")).await.problem(404, "not_found");
    }
    vic.get("/members/zoe").await.problem(404, "not_found");
}

#[actix_web::test]
async fn a_page_of_members_takes_as_many_statements_however_many_they_are() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    ada.get("/members").await.ok();
    let (_, of_one) = house.statements(ada.get("/members")).await;
    for number in 0..25 {
        house.member(&ada, &format!("M{number:02}"), "member").await;
    }
    let (page, of_many) = house.statements(ada.get("/members?limit=20")).await;
    assert_eq!((of_one, of_many), (3, 3));
    let page = page.ok();
    let next = format!("/members?limit=20&cursor={}", page["next_cursor"].as_str().unwrap());
    let names = [all(&page, "name"), all(&ada.get(&next).await.ok(), "name")].concat();
    assert_eq!((names.len(), names[25].as_str()), (26, "M24"));
    let eve = house.owner("Eve").await;
    eve.get(&next).await.problem(400, "invalid_cursor");
}

#[actix_web::test]
async fn a_members_roles_are_changed_as_a_whole_and_recorded() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    let mel = house.member(&ada, "Mel", "member").await;
    house.role(&ada, "clerk", &["members:read"]).await;
    let seen = house.log(ada.organization).await.len();
    mel.patch("", json!({ "name": "Mine" })).await.problem(403, "permission_denied");
    let changed = give(&ada, &mel, &["clerk", "admin", "clerk"]).await;
    assert_eq!(changed.header("etag"), "\"2\"");
    assert_eq!(changed.ok()["roles"], json!(["admin", "clerk"]));
    mel.patch("", json!({ "name": "Mine" })).await.ok();
    assert_eq!(give(&ada, &mel, &["clerk", "admin"]).await.ok()["version"], 2, "as it was");
    assert_eq!(ada.patch(&at(&mel), json!({})).await.ok()["version"], 2);

    let log = house.log_since(&ada, seen).await;
    let told: Vec<_> = log.iter().map(|it| (it.0.as_str(), it.1)).collect();
    let expected = [("member.updated", mel.user().0), ("organization.updated", ada.organization.0)];
    assert_eq!(told, expected);
    assert_eq!(log[0].2, json!({ "roles": { "from": ["member"], "to": ["admin", "clerk"] } }));
}

#[actix_web::test]
async fn roles_that_are_none_here_are_refused_place_by_place() {
    let house = house().await;
    let (ada, eve) = (house.owner("Ada").await, house.owner("Eve").await);
    let mel = house.member(&ada, "Mel", "member").await;
    house.role(&eve, "foreign", &["members:read"]).await;
    let problem =
        give(&ada, &mel, &["viewer", "foreign", "nobody"]).await.problem(422, "validation_failed");
    let pointers: Vec<_> =
        problem["errors"].as_array().unwrap().iter().map(|it| &it["pointer"]).collect();
    assert_eq!(pointers, ["/roles/1", "/roles/2"]);
    for body in [
        json!({ "roles": [] }),
        json!({ "roles": null }),
        json!({ "roles": [""] }),
        json!({ "roles": ["administrator"] }),
        json!({ "roles": "admin" }),
        json!({ "user_id": ada.user() }),
    ] {
        ada.patch(&at(&mel), body).await.problem(422, "validation_failed");
    }
    assert_eq!(ada.get(&at(&mel)).await.ok()["roles"], json!(["member"]));
}

#[actix_web::test]
async fn a_member_who_has_changed_meanwhile_is_not_changed_by_mistake() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    let mel = house.member(&ada, "Mel", "member").await;
    give(&ada, &mel, &["admin"]).await.ok();
    let late = ada.with("if-match", "\"1\"");
    give(&late, &mel, &["viewer"]).await.problem(412, "stale_version");
    late.delete(&at(&mel)).await.problem(412, "stale_version");
    ada.with("if-match", "\"2\"").delete(&at(&mel)).await.no_content();
}

#[actix_web::test]
async fn who_is_removed_or_leaves_is_out_at_once_and_it_is_recorded() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    let (mel, vic) =
        (house.member(&ada, "Mel", "member").await, house.member(&ada, "Vic", "viewer").await);
    for member in [&mel, &vic] {
        member.get("").await.ok();
    }
    let seen = house.log(ada.organization).await.len();
    ada.delete(&at(&mel)).await.no_content();
    leave(&vic).await.no_content();
    for gone in [&mel, &vic] {
        gone.get("").await.problem(404, "not_found");
        leave(gone).await.problem(404, "not_found");
        ada.get(&at(gone)).await.problem(404, "not_found");
        ada.delete(&at(gone)).await.problem(404, "not_found");
        give(&ada, gone, &["admin"]).await.problem(404, "not_found");
    }
    let log = house.log_since(&ada, seen).await;
    let told: Vec<_> = log.iter().map(|it| (it.0.as_str(), it.1)).collect();
    assert_eq!(told, [("member.removed", mel.user().0), ("member.removed", vic.user().0)]);
    assert_eq!(log[0].2, json!({ "roles": { "from": ["member"], "to": [] } }));
    let rows = "select count(*) from role_assignments where organization_id = $1";
    assert_eq!(house.count(rows, vec![ada.organization.into()]).await, 1);
}
