//! Deleting, restoring and erasing.

use chrono::TimeDelta;
use kernel::{Feature, Tx, testing::App};
use organizations::Erased;
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::{House, ORGANIZATIONS, all, disable, features, found, here, house, leave};

#[actix_web::test]
async fn a_deleted_organization_is_there_for_its_owner_alone() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    let ann = house.member(&ada, "Ann", "admin").await;
    ann.get("").await.ok();
    ada.delete("").await.no_content();

    for path in ["", "/members", "/roles"] {
        ann.get(path).await.problem(404, "not_found");
        ada.get(path).await.problem(403, "permission_denied");
    }
    ann.post("/restore", json!({})).await.problem(404, "not_found");
    ada.delete("").await.problem(403, "permission_denied");
    leave(&ann).await.problem(404, "not_found");
    leave(&ada).await.problem(404, "not_found");
    for who in [&ada, &ann] {
        assert_eq!(who.get(ORGANIZATIONS).await.ok()["items"], json!([]));
    }
    let list = format!("{ORGANIZATIONS}?deleted=true");
    let gone = ada.get(&list).await.ok();
    assert_eq!(
        (all(&gone, "slug"), &gone["items"][0]["roles"]),
        (vec!["ada-inc".into()], &json!(["owner"]))
    );
    assert!(gone["items"][0]["deleted_at"].is_string());
    assert_eq!(ann.get(&list).await.ok()["items"], json!([]));
}

#[actix_web::test]
async fn its_owner_restores_it_with_everything_in_it() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    let ann = house.member(&ada, "Ann", "admin").await;
    let seen = house.log(ada.organization).await.len();
    ada.delete("").await.no_content();
    house.database.clock.advance(TimeDelta::days(30) - TimeDelta::seconds(1));
    let restored = ada.post("/restore", json!({})).await;
    assert_eq!(restored.header("etag"), "\"3\"");
    assert_eq!(restored.ok()["slug"], "ada-inc");
    ann.get("").await.ok();
    assert_eq!(ada.post("/restore", json!({})).await.ok()["version"], 3, "as it was");

    let log = house.log_since(&ada, seen).await;
    let told: Vec<_> = log.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(told, ["organization.deleted", "organization.restored"]);
    assert_eq!(log[1].2, json!({ "deleted": { "from": true, "to": false } }));
}

#[actix_web::test]
async fn a_slug_that_was_used_again_is_in_the_way_of_a_restoration() {
    let house = house().await;
    let (ada, eve) = (house.owner("Ada").await, house.person("Eve").await);
    ada.delete("").await.no_content();
    let again =
        eve.post(ORGANIZATIONS, json!({ "name": "Fake", "slug": "ada-1nc" })).await.created();
    ada.post("/restore", json!({})).await.ok();
    ada.delete("").await.no_content();
    let alike = eve.post(ORGANIZATIONS, json!({ "name": "Ada Inc" })).await.created();
    assert_eq!(alike["slug"], "ada-inc");
    ada.post("/restore", json!({})).await.problem(409, "slug_taken");
    let there = eve.at(crate::id(&alike));
    there.patch("", json!({ "slug": "eve-inc" })).await.ok();
    ada.post("/restore", json!({})).await.ok();
    assert_ne!(again["id"], alike["id"]);
}

#[actix_web::test]
async fn after_thirty_days_it_is_erased_with_everything_in_it() {
    let house = house_that_hears().await;
    let (ada, eve) = (house.owner("Ada").await, house.owner("Eve").await);
    let ann = house.member(&ada, "Ann", "admin").await;
    house.role(&ada, "clerk", &["members:read"]).await;
    let seen = house.log(ada.organization).await.len();
    ada.delete("").await.no_content();
    house.database.clock.advance(TimeDelta::days(30) - TimeDelta::hours(2));
    house.run_jobs().await;
    assert_eq!(house.count("select count(*) from organizations", vec![]).await, 2);

    house.database.clock.advance(TimeDelta::hours(3));
    ada.post("/restore", json!({})).await.problem(404, "not_found");
    let list = format!("{ORGANIZATIONS}?deleted=true");
    assert_eq!(ada.get(&list).await.ok()["items"], json!([]));
    house.run_jobs().await;
    for table in ["memberships", "role_assignments", "roles", "invitations"] {
        let left = format!("select count(*) from {table} where organization_id = $1");
        assert_eq!(house.count(&left, vec![ada.organization.into()]).await, 0, "{table}");
    }
    assert_eq!(house.count("select count(*) from organizations", vec![]).await, 1);
    assert_eq!(house.count("select count(*) from farewells", vec![]).await, 1);
    for who in [&ada, &ann] {
        who.post("/restore", json!({})).await.problem(404, "not_found");
    }
    eve.get("").await.ok();
    let log = house.log_since(&ada, seen).await;
    let told: Vec<_> = log.iter().map(|it| it.0.as_str()).collect();
    assert_eq!(told, ["organization.deleted", "organization.erased"]);
    assert_eq!(found(&ada, "Ada Inc").await.created()["slug"], "ada-inc");
}

/// A feature above that hears of what is erased.
async fn house_that_hears() -> House {
    let hear = async |tx: &Tx, erased: &Erased| {
        let sql = format!("insert into farewells values ('{}')", erased.organization);
        tx.execute_unprepared(&sql).await.map(|_| ())
    };
    let house = House(App::of(features(&[], Feature::new("above").on(hear))).await);
    house.sql("create table farewells (organization varchar(36))", vec![]).await;
    house
}

/// One whose erasure somebody above cannot follow is tried again, and keeps no other from going.
#[actix_web::test]
async fn an_organization_that_cannot_be_erased_keeps_no_other() {
    let house = house_that_hears().await;
    let (ada, eve) = (house.owner("Ada").await, house.owner("Eve").await);
    let full = format!("insert into farewells values ('{}')", ada.organization);
    house.sql("create unique index once on farewells (organization)", vec![]).await;
    house.sql(&full, vec![]).await;
    ada.delete("").await.no_content();
    eve.delete("").await.no_content();
    house.database.clock.advance(TimeDelta::days(31));
    house.run_jobs().await;
    let left = "select count(*) from organizations where id = $1";
    assert_eq!(house.count(left, vec![ada.organization.into()]).await, 1);
    assert_eq!(house.count(left, vec![eve.organization.into()]).await, 0);

    house.sql("delete from farewells", vec![]).await;
    house.database.clock.advance(TimeDelta::hours(2));
    house.run_jobs().await;
    assert_eq!(house.count(left, vec![ada.organization.into()]).await, 0);
}

/// R3: what is half gone does not come back, not even where a replica's clock is behind.
#[actix_web::test]
async fn an_organization_whose_erasure_has_begun_is_not_restored() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    let invited = json!({ "email": "ann@example.com", "roles": ["member"] });
    ada.post("/invitations", invited).await.created();
    house.sql("create table anchors (id uuid references memberships (id))", vec![]).await;
    house.sql("insert into anchors select id from memberships", vec![]).await;
    ada.delete("").await.no_content();
    house.database.clock.advance(TimeDelta::days(31));
    house.run_jobs().await;
    let [invitations, members] =
        ["invitations", "memberships"].map(|table| format!("select count(*) from {table}"));
    assert_eq!(house.count(&invitations, vec![]).await, 0, "it has begun");
    assert_eq!(house.count(&members, vec![]).await, 1, "and cannot end");

    house.database.clock.advance(-TimeDelta::days(2));
    assert_eq!(ada.get(&format!("{ORGANIZATIONS}?deleted=true")).await.ok()["items"], json!([]));
    ada.post("/restore", json!({})).await.problem(404, "not_found");
    house.sql("delete from anchors", vec![]).await;
    house.database.clock.advance(TimeDelta::days(3));
    house.run_jobs().await;
    assert_eq!(house.count("select count(*) from organizations", vec![]).await, 0);
}

/// A role that allows restoring makes nobody its owner (ASVS 8.2.2).
#[actix_web::test]
async fn a_deleted_organization_is_not_there_for_who_may_restore_but_does_not_own() {
    let house = house().await;
    let ada = house.owner("Ada").await;
    house.role(&ada, "restorer", &["organizations:restore"]).await;
    let ann = house.member(&ada, "Ann", "restorer").await;
    ann.get("").await.problem(403, "permission_denied");
    ada.delete("").await.no_content();
    ann.get("").await.problem(404, "not_found");
    ann.post("/restore", json!({})).await.problem(404, "not_found");
    ada.post("/restore", json!({})).await.ok();
}

/// Nobody restores what would have no owner then.
#[actix_web::test]
async fn an_owner_who_is_disabled_meanwhile_does_not_restore() {
    let house = house().await;
    let (ada, staff) = (house.owner("Ada").await, house.registrar().await);
    ada.delete("").await.no_content();
    disable(&staff, ada.user()).await.ok();
    ada.post("/restore", json!({})).await.problem(409, "last_owner");
    ada.get(&here(&ada)).await.problem(403, "permission_denied");
}
