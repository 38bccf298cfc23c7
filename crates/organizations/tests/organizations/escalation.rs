//! Nobody gives or takes what they do not hold (ASVS 8.2.1, 8.2.2, 8.2.3).

use serde_json::json;

use crate::{at, give, house, transfer};

#[actix_web::test]
async fn an_admin_makes_nobody_an_owner_not_even_themselves() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    let (ann, mel) =
        (house.member(&ada, "Ann", "admin").await, house.member(&ada, "Mel", "member").await);
    for member in [&ann, &mel] {
        give(&ann, member, &["owner"]).await.problem(403, "permission_denied");
        give(&ann, member, &["admin", "owner"]).await.problem(403, "permission_denied");
    }
    transfer(&ann, ann.user()).await.problem(403, "permission_denied");
    transfer(&ann, mel.user()).await.problem(403, "permission_denied");
    give(&ann, &mel, &["admin"]).await.ok();
    assert_eq!(house.owners(ada.organization).await, 1);
}

#[actix_web::test]
async fn an_admin_neither_demotes_nor_removes_an_owner() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    let (ann, bob) =
        (house.member(&ada, "Ann", "admin").await, house.member(&ada, "Bob", "owner").await);
    for owner in [&ada, &bob] {
        give(&ann, owner, &["viewer"]).await.problem(403, "permission_denied");
        ann.delete(&at(owner)).await.problem(403, "permission_denied");
        assert_eq!(ada.get(&at(owner)).await.ok()["version"], 1);
    }
}

#[actix_web::test]
async fn a_role_of_ones_own_reaches_as_far_as_it_allows() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    house.role(&ada, "usher", &["members:read", "members:write"]).await;
    house.role(&ada, "reader", &["members:read"]).await;
    let (uma, mel) =
        (house.member(&ada, "Uma", "usher").await, house.member(&ada, "Mel", "reader").await);
    let ann = house.member(&ada, "Ann", "admin").await;
    for role in ["admin", "owner", "viewer", "member"] {
        give(&uma, &mel, &[role]).await.problem(403, "permission_denied");
        give(&uma, &uma, &["usher", role]).await.problem(403, "permission_denied");
    }
    give(&uma, &ann, &["reader"]).await.problem(403, "permission_denied");
    uma.delete(&at(&ann)).await.problem(403, "permission_denied");
    give(&uma, &mel, &["usher"]).await.ok();
    give(&uma, &mel, &["reader"]).await.ok();
    uma.delete(&at(&mel)).await.no_content();
}

#[actix_web::test]
async fn members_and_viewers_change_nobody() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    let vic = house.member(&ada, "Vic", "viewer").await;
    for (name, role) in [("Mel", "member"), ("Val", "viewer")] {
        let them = house.member(&ada, name, role).await;
        give(&them, &them, &["admin"]).await.problem(403, "permission_denied");
        give(&them, &vic, &["viewer"]).await.problem(403, "permission_denied");
        them.delete(&at(&vic)).await.problem(403, "permission_denied");
    }
}

/// Permission is asked before the body is looked at, and before whether there is such a member.
#[actix_web::test]
async fn who_may_not_learns_nothing_of_bodies_and_members() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    let vic = house.member(&ada, "Vic", "viewer").await;
    vic.patch("/members/nobody", json!(7)).await.problem(403, "permission_denied");
    vic.post("/transfer-ownership", json!(7)).await.problem(403, "permission_denied");
    vic.delete(&format!("/members/{}", house.id())).await.problem(403, "permission_denied");
    let stranger = vic.stranger();
    stranger.patch(&at(&ada), json!(7)).await.problem(401, "not_authenticated");
    let elsewhere = house.owner("Eve").await;
    let foreign = ada.delete(&at(&elsewhere)).await.problem(404, "not_found");
    let random = ada.delete(&format!("/members/{}", house.id())).await.problem(404, "not_found");
    assert_eq!(foreign["detail"], random["detail"]);
}
