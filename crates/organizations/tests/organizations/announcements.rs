//! What an organization says to its members, and what its members are told of by themselves.

use kernel::testing::Actor;
use serde_json::{Value, json};

use crate::{House, at, give, here, house};

fn announcement(recipients: &Value) -> Value {
    json!({ "recipients": recipients, "topic": "organizations.announced", "title": "Lunch", "body": "At noon." })
}

async fn inbox(house: &House, reader: &Actor<'_>) -> Vec<Value> {
    house.run_jobs().await;
    house.run_duties().await;
    let page = reader.get("/api/v1/notifications?sort=seq").await.ok();
    page["items"].as_array().unwrap().clone()
}

async fn titles(house: &House, reader: &Actor<'_>) -> Vec<Value> {
    inbox(house, reader).await.iter().map(|it| it["title"].clone()).collect()
}

#[actix_web::test]
async fn all_members_are_told_and_nobody_else() {
    let house = house().await;
    let owner = house.owner("Ada").await;
    let member = house.member(&owner, "Bob", "viewer").await;
    let stranger = house.owner("Eve").await;
    owner.post("/notifications", announcement(&json!("members"))).await.accepted();
    for told in [&owner, &member] {
        let [item] = inbox(&house, told).await.try_into().unwrap();
        assert_eq!((&item["title"], &item["body"]), (&json!("Lunch"), &json!("At noon.")));
        assert_eq!(item["organization_id"], json!(owner.organization));
        assert_eq!(item["topic"], "organizations.announced");
    }
    assert!(inbox(&house, &stranger).await.is_empty());
    let entries = house.log(owner.organization).await;
    let (action, _, changes) = entries.last().unwrap();
    assert_eq!(action, "announcement.sent");
    assert!(!changes.to_string().contains("noon"), "{changes}");
}

#[actix_web::test]
async fn a_few_are_told_by_name_and_all_of_them_must_be_members() {
    let house = house().await;
    let owner = house.owner("Ada").await;
    let (bob, cleo) =
        (house.member(&owner, "Bob", "viewer").await, house.member(&owner, "Cleo", "viewer").await);
    let stranger = house.owner("Eve").await;
    owner.post("/notifications", announcement(&json!([bob.user()]))).await.accepted();
    assert_eq!(titles(&house, &bob).await, ["Lunch"]);
    assert!(titles(&house, &cleo).await.is_empty());

    let mixed = announcement(&json!([cleo.user(), stranger.user()]));
    let refusal = owner.post("/notifications", mixed).await.problem(422, "validation_failed");
    assert_eq!(refusal["errors"][0]["pointer"], "/recipients/1");
    assert!(titles(&house, &cleo).await.is_empty(), "all or none");
    assert!(titles(&house, &stranger).await.is_empty());
}

#[actix_web::test]
async fn a_repeat_under_the_same_key_tells_nobody_twice() {
    let house = house().await;
    let owner = house.owner("Ada").await;
    let bob = house.member(&owner, "Bob", "viewer").await;
    let keyed = |recipients, key: &str| {
        let mut new = announcement(&recipients);
        new["dedupe_key"] = json!(key);
        new
    };
    owner.post("/notifications", keyed(json!([bob.user(), bob.user()]), "a")).await.accepted();
    owner.post("/notifications", keyed(json!([bob.user()]), "a")).await.accepted();
    assert_eq!(titles(&house, &bob).await.len(), 1);
    let cleo = house.member(&owner, "Cleo", "viewer").await;
    owner.post("/notifications", keyed(json!("members"), "a")).await.accepted();
    assert_eq!(titles(&house, &bob).await.len(), 1);
    assert_eq!(titles(&house, &cleo).await.len(), 1, "who was not told before");
    owner.post("/notifications", keyed(json!("members"), "b")).await.accepted();
    assert_eq!(titles(&house, &bob).await.len(), 2);
    owner.post("/notifications", announcement(&json!("members"))).await.accepted();
    owner.post("/notifications", announcement(&json!("members"))).await.accepted();
    assert_eq!(titles(&house, &bob).await.len(), 4, "without a key each is another");
}

#[actix_web::test]
async fn what_is_no_announcement_is_refused() {
    let house = house().await;
    let owner = house.owner("Ada").await;
    for (member, value, pointer) in [
        ("recipients", json!([]), "/recipients"),
        ("recipients", json!("everybody"), "/recipients"),
        ("topic", json!("organizations.invited"), "/topic"),
        ("topic", json!("nothing.known"), "/topic"),
        ("title", json!(""), "/title"),
        ("title", json!("two\nlines"), "/title"),
        ("title", json!("a".repeat(201)), "/title"),
        ("body", json!("a".repeat(4001)), "/body"),
        ("dedupe_key", json!(""), "/dedupe_key"),
    ] {
        let mut new = announcement(&json!("members"));
        new[member] = value;
        let refusal = owner.post("/notifications", new).await.problem(422, "validation_failed");
        assert_eq!(refusal["errors"][0]["pointer"], pointer);
    }
}

#[actix_web::test]
async fn a_broadcast_goes_on_from_batch_to_batch() {
    let house = house().await;
    let owner = house.owner("Ada").await;
    let now = house.database.clock().now();
    let many = 601_i64; // a batch has 500
    for number in 0..many {
        let id = house.id();
        let sql = "insert into memberships (id, organization_id, user_id, version, created_at, updated_at) values ($1, $2, $1, $3, $4, $4)";
        let values = vec![id.into(), owner.organization.into(), (number + 1).into(), now.into()];
        house.sql(sql, values).await;
    }
    owner.post("/notifications", announcement(&json!("members"))).await.accepted();
    house.run_jobs().await;
    house.run_duties().await;
    let told = "select count(distinct user_id) from notifications where seq = 1";
    assert_eq!(house.count(told, vec![]).await, many + 1);
    assert_eq!(house.count("select count(*) from notifications", vec![]).await, many + 1);
}

#[actix_web::test]
async fn a_member_is_told_of_new_roles_unless_they_took_them_themselves() {
    let house = house().await;
    let owner = house.owner("Ada").await;
    let bob = house.member(&owner, "Bob", "viewer").await;
    give(&owner, &bob, &["admin"]).await.ok();
    let [item] = inbox(&house, &bob).await.try_into().unwrap();
    assert_eq!(item["title"], "Your roles in Ada Inc have changed");
    assert_eq!(
        (&item["body"], &item["data"]["roles"]),
        (&json!("You now have: admin."), &json!(["admin"]))
    );
    bob.patch(&at(&bob), json!({ "roles": ["viewer"] })).await.ok();
    assert_eq!(inbox(&house, &bob).await.len(), 1);
    assert!(inbox(&house, &owner).await.is_empty());
}

/// ASVS 6.4.1: the link proves the mailbox, so it is nowhere else.
#[actix_web::test]
async fn an_account_is_told_of_an_invitation_without_its_link() {
    let house = house().await;
    let (owner, bob) = (house.owner("Ada").await, house.person("Bob").await);
    let invitation = json!({ "email": "bob@example.com", "roles": ["viewer"] });
    let made = owner.post("/invitations", invitation).await.created();
    let [item] = inbox(&house, &bob).await.try_into().unwrap();
    assert_eq!(item["title"], "Ada invites you to Ada Inc");
    assert_eq!(item["data"]["invitation_id"], made["id"]);
    assert!(!item.to_string().contains("token"), "{item}");
    let nobody = json!({ "email": "zoe@example.com", "roles": ["viewer"] });
    owner.post("/invitations", nobody).await.created();
    assert_eq!(
        house.count("select count(*) from notifications", vec![]).await,
        1,
        "{}",
        here(&owner)
    );
}
