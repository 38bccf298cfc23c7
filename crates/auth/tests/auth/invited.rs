//! Registering with the token of an invitation: proved, joined and signed in at once – or nothing.

use chrono::TimeDelta;
use futures_util::future::join_all;
use kernel::testing::Answer;
use serde_json::{Value, json};

use crate::{ADA, House, PASSWORD, Tokens, house, house_with, me};

pub const ZOE: &str = "zoe@example.com";
const OTHER: &str = "somebody else's password";

/// An organization that has invited Zoe.
pub struct Inviting {
    pub house: House,
    /// What its owner bears.
    pub owner: Tokens,
    /// Where its API begins.
    pub place: String,
    pub invitation: Value,
    pub token: String,
}

pub async fn inviting() -> Inviting {
    inviting_from(house().await).await
}

pub async fn inviting_from(house: House) -> Inviting {
    let owner = house.signed_in(ADA).await;
    let ada = house.bearer(&owner.access);
    let made = ada.post("/api/v1/organizations", json!({ "name": "Acme" })).await.created();
    let place = format!("/api/v1/organizations/{}", made["id"].as_str().unwrap());
    let new = json!({ "email": ZOE, "roles": ["member"] });
    let invitation = ada.post(&format!("{place}/invitations"), new).await.created();
    house.run_jobs().await;
    let token = house.mail.last(ZOE).token().to_owned();
    Inviting { house, owner, place, invitation, token }
}

impl Inviting {
    async fn register(&self, email: &str, password: &str, token: &str) -> Answer {
        let body = json!({ "email": email, "password": password, "name": "Zoe", "invitation_token": token });
        self.house.stranger().post("/api/v1/auth/register", body).await
    }

    /// The owner withdraws it.
    pub async fn revoke(&self) {
        let id = self.invitation["id"].as_str().unwrap();
        let path = format!("{}/invitations/{id}", self.place);
        self.house.bearer(&self.owner.access).delete(&path).await.no_content();
    }

    pub async fn members(&self) -> i64 {
        self.house.count("select count(*) from memberships").await
    }

    async fn accounts(&self) -> i64 {
        self.house.count("select count(*) from users where deleted_at is null").await
    }
}

#[actix_web::test]
async fn who_registers_with_an_invitation_is_proved_joined_and_signed_in() {
    let it = inviting().await;
    let answer = it.register("Zoe@Example.com", PASSWORD, &it.token).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let tokens = Tokens::of(&answer.created());
    let zoe = me(&it.house, &tokens.access).await.ok();
    assert_eq!((&zoe["email_verified"], &zoe["name"]), (&json!(true), &json!("Zoe")));
    it.house.bearer(&tokens.access).get(&it.place).await.ok();
    let member = format!("{}/members/{}", it.place, zoe["id"].as_str().unwrap());
    let member = it.house.bearer(&it.owner.access).get(&member).await.ok();
    assert_eq!(member["roles"], json!(["member"]));

    crate::refresh(&it.house, &tokens.refresh).await.ok();
    it.house.login(ZOE, PASSWORD).await.ok();
    it.house.run_jobs().await;
    assert_eq!(it.house.subjects(ZOE).len(), 1, "the invitation, and nothing to confirm");
    for action in ["user.registered", "user.email_verified", "member.added", "invitation.accepted"]
    {
        let entries = it.house.audited(action).await;
        let (outcome, actor, _) = entries.last().unwrap();
        let by = if action == "user.registered" { "anonymous" } else { "user" };
        assert_eq!((outcome.as_str(), actor.as_str()), ("success", by), "{action}");
    }
    it.register("new@example.com", PASSWORD, &it.token).await.problem(410, "link_expired");
}

/// Only who has the mail learns that there is an account; its password stays what it is.
#[actix_web::test]
async fn an_account_that_is_there_is_not_touched() {
    let it = inviting().await;
    it.house.verified(ZOE).await;
    it.register(ZOE, OTHER, &it.token).await.problem(409, "account_exists");
    it.house.login(ZOE, OTHER).await.problem(401, "invalid_credentials");
    let tokens = Tokens::of(&it.house.login(ZOE, PASSWORD).await.ok());
    assert_eq!(it.members().await, 1);
    let accept = json!({ "token": it.token });
    it.house.bearer(&tokens.access).post("/api/v1/invitations/accept", accept).await.ok();
}

#[actix_web::test]
async fn an_invitation_proves_no_other_address() {
    let it = inviting().await;
    for other in ["eve@example.com", ADA, "zoe@example.org"] {
        it.register(other, PASSWORD, &it.token).await.problem(403, "wrong_recipient");
    }
    assert_eq!((it.accounts().await, it.members().await), (1, 1));
    it.register(ZOE, PASSWORD, &it.token).await.created();
}

/// A8, A12, A14: a token that is none, or none any more, tells nothing and makes no account.
#[actix_web::test]
async fn a_dead_token_makes_no_account_and_tells_of_none() {
    let it = inviting().await;
    let before = it.accounts().await;
    for email in [ADA, ZOE, "new@example.com"] {
        for token in ["", "x", &it.owner.access, &it.owner.refresh, &it.token[1..]] {
            it.register(email, PASSWORD, token).await.problem(410, "link_expired");
        }
    }
    it.house.database.clock.advance(TimeDelta::days(7));
    it.register(ZOE, PASSWORD, &it.token).await.problem(410, "link_expired");
    let it = inviting().await;
    it.revoke().await;
    it.register(ZOE, PASSWORD, &it.token).await.problem(410, "link_expired");
    assert_eq!(it.accounts().await, before);
}

/// A1: who was there before has proved nothing, and keeps nothing.
#[actix_web::test]
async fn an_earlier_registration_leaves_no_password_no_link_and_no_session() {
    let it = inviting().await;
    it.house.signed_in(ZOE).await; // however a session may once come about before the proof
    it.house.sql("update users set email_verified_at = null, name = 'Eve' where email = 'zoe@example.com'").await;
    it.house.register(ZOE, OTHER).await;
    let link = it.house.mail.last(ZOE).token().to_owned();
    let before = it.house.count("select count(*) from sessions where ended_at is null").await;
    assert_eq!(before, 2, "the owner's and the one before the proof");

    let tokens =
        Tokens::of(&it.register(ZOE, "the true owner's password", &it.token).await.created());
    for password in [PASSWORD, OTHER] {
        it.house.login(ZOE, password).await.problem(401, "invalid_credentials");
    }
    it.house.confirm(&link).await.problem(410, "link_expired");
    let zoe = me(&it.house, &tokens.access).await.ok();
    assert_eq!((&zoe["name"], &zoe["email_verified"]), (&json!("Zoe"), &json!(true)));
    let live = it.house.count("select count(*) from sessions where ended_at is null").await;
    assert_eq!(live, 2, "the owner's and the new one");
    assert_eq!(it.house.count("select count(*) from passwords").await, 2);
    assert_eq!(it.house.count("select count(*) from mailed_links").await, 0);
    it.house.login(ZOE, "the true owner's password").await.ok();
}

/// An invitation is no way around an administrator.
#[actix_web::test]
async fn a_disabled_account_is_not_replaced() {
    let it = inviting().await;
    it.house.register(ZOE, OTHER).await;
    it.house.sql("update users set status = 'disabled' where email = 'zoe@example.com'").await;
    it.register(ZOE, PASSWORD, &it.token).await.problem(403, "account_disabled");
    assert_eq!(it.members().await, 1);
}

#[actix_web::test]
async fn what_is_wrong_with_the_registration_leaves_the_invitation_good() {
    let it = inviting().await;
    for (email, password, pointer) in
        [(ZOE, "too short", "/password"), (ZOE, ZOE, "/password"), ("zoe", PASSWORD, "/email")]
    {
        let problem =
            it.register(email, password, &it.token).await.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
    let long = "x".repeat(4097);
    let problem = it.register(ZOE, PASSWORD, &long).await.problem(422, "validation_failed");
    assert_eq!(problem["errors"][0]["pointer"], "/invitation_token");
    it.register(ZOE, PASSWORD, &it.token).await.created();
}

/// ASVS 2.3.3: all of it or none.
#[actix_web::test]
async fn where_there_is_no_seat_there_is_no_account_either() {
    let it = inviting_from(house_with(&[("ORGANIZATIONS_SEATS", "2")]).await).await;
    it.house.sql("insert into memberships select token_hash_id, organization_id, token_hash_id, 1, created_at, created_at from (select id as token_hash_id, organization_id, created_at from invitations) seats").await;
    let before = it.accounts().await;
    it.register(ZOE, PASSWORD, &it.token).await.problem(409, "seat_limit_reached");
    assert_eq!(it.accounts().await, before);
    let count = "select count(*) from sessions";
    assert_eq!(it.house.count(count).await, 1, "the owner's");
    it.house.register(ZOE, PASSWORD).await;
}

/// ASVS 15.4.2, G7.
#[actix_web::test]
async fn a_token_registers_once_also_for_ten_at_once() {
    let it = inviting().await;
    let answers = join_all((0..5).map(|_| it.register(ZOE, PASSWORD, &it.token))).await;
    let made = answers.iter().filter(|it| it.status == 201).count();
    let refused = answers.iter().filter(|it| matches!(it.status, 409 | 410)).count();
    let busy = answers.iter().filter(|it| it.status == 503).count();
    assert!(made == 1 && refused + busy == 4, "{answers:?}");
    assert_eq!((it.accounts().await, it.members().await), (2, 2));
}

/// A1: a registration without a token that comes at the very moment does not take the account over.
#[actix_web::test]
async fn a_registration_at_the_same_moment_gets_nothing() {
    let it = inviting().await;
    let body = json!({ "email": ZOE, "password": OTHER, "name": "Eve" });
    let eve = it.house.stranger();
    let (zoe, eve) = tokio::join!(
        it.register(ZOE, PASSWORD, &it.token),
        eve.post("/api/v1/auth/register", body)
    );
    zoe.created();
    eve.accepted();
    it.house.run_jobs().await;
    it.house.login(ZOE, OTHER).await.problem(401, "invalid_credentials");
    it.house.login(ZOE, PASSWORD).await.ok();
    assert_eq!(it.accounts().await, 2);
}
