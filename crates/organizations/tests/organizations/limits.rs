//! Limits and lifetimes that are set while the server runs, each used for real.

use chrono::{DateTime, TimeDelta, Utc};
use kernel::testing::{Actor, Answer};
use serde_json::{Value, json};

use crate::{House, ORGANIZATIONS, house, house_with};

const PLATFORM: &str = "/api/v1/settings";

/// Somebody who sets things on the platform.
async fn operator(house: &House) -> Actor<'_> {
    let staff = house.person("Operator").await;
    house.sign_in(staff.user(), &["settings:read", "settings:write"])
}

async fn set(who: &Actor<'_>, place: &str, key: &str, value: i64) {
    who.patch(place, json!({ key: value })).await.ok();
}

async fn invite(who: &Actor<'_>, email: &str) -> Answer {
    who.post("/invitations", json!({ "email": email, "roles": ["member"] })).await
}

/// For how many days an invitation that is made now can be accepted.
async fn days(house: &House, who: &Actor<'_>, email: &str) -> i64 {
    let made = invite(who, email).await.created();
    lasting(house, &made)
}

fn lasting(house: &House, invitation: &Value) -> i64 {
    let until: DateTime<Utc> = invitation["expires_at"].as_str().unwrap().parse().unwrap();
    (until - house.database.clock().now()).num_days()
}

#[actix_web::test]
async fn the_platform_says_how_many_seats_an_organization_has() {
    let house = house().await;
    let (root, ada) = (operator(&house).await, house.owner("Ada").await);
    invite(&ada, "zoe@example.com").await.created();
    set(&root, PLATFORM, "organizations.seats", 2).await;
    invite(&ada, "una@example.com").await.problem(409, "seat_limit_reached");
    set(&root, PLATFORM, "organizations.seats", 3).await;
    invite(&ada, "una@example.com").await.created();
    set(&root, PLATFORM, "organizations.seats", 0).await;
    invite(&ada, "vic@example.com").await.created();
}

#[actix_web::test]
async fn the_platform_says_how_many_invitations_an_organization_sends() {
    let house = house().await;
    let (root, ada) = (operator(&house).await, house.owner("Ada").await);
    set(&root, PLATFORM, "organizations.invitations", 1).await;
    invite(&ada, "zoe@example.com").await.created();
    invite(&ada, "una@example.com").await.problem(409, "invitation_limit_reached");
    set(&root, PLATFORM, "organizations.invitations", 2).await;
    invite(&ada, "una@example.com").await.created();
}

/// ASVS 8.2.1: an organization does not lift its own limit.
#[actix_web::test]
async fn an_organization_does_not_set_what_the_platform_limits() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    let all = ["organizations.seats", "organizations.invitations", "organizations.deleted_days"];
    for key in all {
        let refused = ada.patch("/settings", json!({ key: 9 })).await;
        refused.problem(422, "validation_failed");
        ada.get(&format!("/settings/{key}")).await.problem(404, "not_found");
    }
}

#[actix_web::test]
async fn an_organization_says_how_long_its_invitations_last() {
    let house = house().await;
    let (root, ada, eve) =
        (operator(&house).await, house.owner("Ada").await, house.owner("Eve").await);
    assert_eq!(days(&house, &ada, "a@example.com").await, 7);
    set(&root, PLATFORM, "organizations.invitation_days", 14).await;
    assert_eq!(days(&house, &ada, "b@example.com").await, 14);
    set(&ada, "/settings", "organizations.invitation_days", 3).await;
    let made = invite(&ada, "c@example.com").await.created();
    assert_eq!(lasting(&house, &made), 3);
    assert_eq!(days(&house, &eve, "c@example.com").await, 14, "hers alone");
    set(&ada, "/settings", "organizations.invitation_days", 5).await;
    let again = format!("/invitations/{}/resend", made["id"].as_str().unwrap());
    assert_eq!(lasting(&house, &ada.post(&again, json!({})).await.ok()), 5);

    let lock = json!({ "value": 2, "lock": true });
    let path = format!("{PLATFORM}/organizations.invitation_days");
    root.send(actix_web::http::Method::PUT, &path, lock.to_string()).await.ok();
    assert_eq!(days(&house, &ada, "d@example.com").await, 2);
    let refused = ada.patch("/settings", json!({ "organizations.invitation_days": 90 })).await;
    refused.problem(409, "setting_locked");
}

/// Who may see and set an organization's settings: who works in it, and who manages it.
#[actix_web::test]
async fn members_see_settings_and_admins_set_them() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    let patch = json!({ "organizations.invitation_days": 3 });
    for (name, role, sees, sets) in
        [("Ann", "admin", 200, 200), ("Mia", "member", 200, 403), ("Vic", "viewer", 403, 403)]
    {
        let who = house.member(&ada, name, role).await;
        assert_eq!(who.get("/settings").await.status, sees, "{role}");
        assert_eq!(who.patch("/settings", patch.clone()).await.status, sets, "{role}");
    }
}

/// What an owner was told when they deleted it holds, whatever an operator sets afterwards.
#[actix_web::test]
async fn the_platform_says_how_long_an_organization_is_kept_when_it_is_deleted() {
    let house = house().await;
    let root = operator(&house).await;
    let (ada, eve) = (house.owner("Ada").await, house.owner("Eve").await);
    set(&ada, "/settings", "organizations.invitation_days", 3).await;
    set(&root, PLATFORM, "organizations.deleted_days", 3).await;
    ada.delete("").await.no_content();
    let list = format!("{ORGANIZATIONS}?deleted=true");
    let gone = ada.get(&list).await.ok();
    let [deleted, erased] = ["deleted_at", "erase_at"]
        .map(|it| gone["items"][0][it].as_str().unwrap().parse::<DateTime<Utc>>().unwrap());
    assert_eq!(erased - deleted, TimeDelta::days(3));

    set(&root, PLATFORM, "organizations.deleted_days", 1).await;
    house.database.clock.advance(TimeDelta::days(3) - TimeDelta::seconds(1));
    house.run_jobs().await;
    ada.post("/restore", json!({})).await.ok();
    set(&root, PLATFORM, "organizations.deleted_days", 3).await;
    house.sign_in(ada.user(), &[]).at(ada.organization).delete("").await.no_content();
    set(&root, PLATFORM, "organizations.deleted_days", 365).await;
    house.database.clock.advance(TimeDelta::days(3));
    ada.post("/restore", json!({})).await.problem(404, "not_found");
    assert_eq!(ada.get(&list).await.ok()["items"], json!([]));
    house.database.clock.advance(TimeDelta::hours(1));
    house.run_jobs().await;
    assert_eq!(house.count("select count(*) from organizations", vec![]).await, 1);
    for table in ["settings", "setting_revisions"] {
        let theirs = format!("select count(*) from {table} where organization_id = $1");
        assert_eq!(house.count(&theirs, vec![ada.organization.into()]).await, 0, "{table}");
    }
    eve.get("/settings").await.ok();
}

/// The environment's word is what holds until somebody sets something else.
#[actix_web::test]
async fn what_the_environment_says_is_the_default() {
    let variables = [("ORGANIZATIONS_SEATS", "2"), ("ORGANIZATIONS_INVITATION_DAYS", "9")];
    let house = house_with(&variables).await;
    let (root, ada) = (operator(&house).await, house.owner("Ada").await);
    let seats = root.get(&format!("{PLATFORM}/organizations.seats")).await.ok();
    assert_eq!((&seats["value"], &seats["source"]), (&json!(2), &json!("default")));
    assert_eq!(days(&house, &ada, "a@example.com").await, 9);
    invite(&ada, "b@example.com").await.problem(409, "seat_limit_reached");
    set(&root, PLATFORM, "organizations.seats", 3).await;
    invite(&ada, "b@example.com").await.created();
}
