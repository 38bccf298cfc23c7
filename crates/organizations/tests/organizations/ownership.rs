//! There is always an owner.

use chrono::TimeDelta;
use serde_json::json;

use crate::{at, disable, give, house, leave, transfer};

#[actix_web::test]
async fn the_last_owner_neither_leaves_nor_is_demoted_nor_removed() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    house.member(&ada, "Ann", "admin").await;
    leave(&ada).await.problem(409, "last_owner");
    give(&ada, &ada, &["admin"]).await.problem(409, "last_owner");
    ada.delete(&at(&ada)).await.problem(409, "last_owner");
    assert_eq!(house.owners(ada.organization).await, 1);

    let bob = house.member(&ada, "Bob", "owner").await;
    give(&ada, &ada, &["admin"]).await.ok();
    leave(&bob).await.problem(409, "last_owner");
    leave(&ada).await.no_content();
    assert_eq!(house.owners(ada.organization).await, 1);
}

#[actix_web::test]
async fn an_owner_who_is_disabled_does_not_count() {
    let house = house().await;
    let (ada, staff) = (house.owner("Ada").await, house.registrar().await);
    let bob = house.member(&ada, "Bob", "owner").await;
    disable(&staff, bob.user()).await.ok();
    leave(&ada).await.problem(409, "last_owner");
    let enable = format!("/api/v1/users/{}/enable", bob.user());
    staff.post(&enable, json!({})).await.ok();
    leave(&ada).await.no_content();
}

#[actix_web::test]
async fn handing_on_makes_the_other_an_owner_and_oneself_an_admin() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    let mel = house.member(&ada, "Mel", "member").await;
    let seen = house.log(ada.organization).await.len();
    transfer(&ada, mel.user()).await.no_content();
    let (mine, theirs) = (mel.get(&at(&ada)).await.ok(), mel.get(&at(&mel)).await.ok());
    assert_eq!((&mine["roles"], &mine["version"]), (&json!(["admin"]), &json!(2)));
    assert_eq!((&theirs["roles"], &theirs["version"]), (&json!(["owner", "member"]), &json!(2)));
    ada.delete("").await.problem(403, "permission_denied");
    transfer(&ada, ada.user()).await.problem(403, "permission_denied");

    let log = house.log_since(&ada, seen).await;
    let told: Vec<_> = log.iter().map(|it| (it.0.as_str(), it.1)).collect();
    let expected = [
        ("member.updated", ada.user().0),
        ("member.updated", mel.user().0),
        ("organization.ownership_transferred", ada.organization.0),
    ];
    assert_eq!(told, expected);
    assert_eq!(log[2].2, json!({ "from": ada.user(), "to": mel.user() }));
}

/// ASVS 7.5.3: a stolen token neither hands an organization on nor deletes it.
#[actix_web::test]
async fn handing_on_and_deleting_take_a_recent_sign_in() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    let mel = house.member(&ada, "Mel", "member").await;
    house.database.clock.advance(TimeDelta::minutes(10) + TimeDelta::seconds(1));
    transfer(&ada, mel.user()).await.problem(403, "reauthentication_required");
    ada.delete("").await.problem(403, "reauthentication_required");
    mel.delete("").await.problem(403, "permission_denied");
    ada.get("").await.ok();
}

#[actix_web::test]
async fn who_has_other_roles_keeps_them_and_an_owner_can_be_handed_it_too() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    let bob = house.member(&ada, "Bob", "owner").await;
    give(&bob, &ada, &["owner", "viewer"]).await.ok();
    transfer(&ada, bob.user()).await.no_content();
    assert_eq!(bob.get(&at(&ada)).await.ok()["roles"], json!(["viewer"]));
    assert_eq!(bob.get(&at(&bob)).await.ok()["version"], 1);
    assert_eq!(house.owners(ada.organization).await, 1);
}

#[actix_web::test]
async fn it_is_handed_on_to_other_members_only_who_can_use_their_account() {
    let house = house().await;
    let (ada, staff) = (house.owner("Ada").await, house.registrar().await);
    let (eve, mel) = (house.owner("Eve").await, house.member(&ada, "Mel", "member").await);
    disable(&staff, mel.user()).await.ok();
    for to in [ada.user(), eve.user(), mel.user(), kernel::UserId(house.id())] {
        let problem = transfer(&ada, to).await.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], "/user_id");
        assert_eq!(problem["errors"][0]["code"], "unknown_member");
    }
    assert_eq!(ada.get(&at(&ada)).await.ok()["version"], 1);
}

/// One effect, whatever a client repeats.
#[actix_web::test]
async fn handing_on_twice_with_one_key_is_done_once() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    let mel = house.member(&ada, "Mel", "member").await;
    let ada = ada.with("idempotency-key", "once-and-for-all");
    transfer(&ada, mel.user()).await.no_content();
    assert_eq!(mel.get(&at(&mel)).await.ok()["version"], 2);
    assert_eq!(house.owners(ada.organization).await, 1);
}
