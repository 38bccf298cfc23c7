//! Another mail address: asked for by its owner, confirmed from the new mailbox (ASVS 6.3.7, 7.5.1).

use actix_web::http::Method;
use chrono::TimeDelta;
use kernel::testing::Answer;
use serde_json::json;

use crate::{ADA, House, PASSWORD, Tokens, house, me};

const NEW: &str = "ada@example.org";

async fn ask(house: &House, tokens: &Tokens, email: &str) -> Answer {
    let body = json!({ "new_email": email });
    house.bearer(&tokens.access).post("/api/v1/users/me/email", body).await
}

/// Somebody who has asked for another address; their tokens, and the link's.
async fn asked() -> (House, Tokens, String) {
    let house = house().await;
    let tokens = house.signed_in(ADA).await;
    ask(&house, &tokens, NEW).await.accepted();
    let token = house.mailed(NEW).await.token().to_owned();
    (house, tokens, token)
}

#[actix_web::test]
async fn the_address_changes_when_the_new_mailbox_is_proved_and_the_old_one_is_told() {
    let (house, tokens, token) = asked().await;
    assert_eq!(house.subjects(ADA)[1], "Your account is to have another mail address");
    assert_eq!(me(&house, &tokens.access).await.ok()["email"], ADA, "not yet");
    house.login(NEW, PASSWORD).await.problem(401, "invalid_credentials");

    house.confirm(&token).await.no_content();
    let now = me(&house, &tokens.access).await.ok();
    assert_eq!((&now["email"], &now["email_verified"]), (&json!(NEW), &json!(true)));
    house.login(ADA, PASSWORD).await.problem(401, "invalid_credentials");
    house.login(NEW, PASSWORD).await.ok();
    house.run_jobs().await;
    assert_eq!(house.subjects(ADA)[2], "Your account has another mail address now");
    house.confirm(&token).await.problem(410, "link_expired");
    assert_eq!(house.audited("user.email_changed").await.len(), 1);

    house.verified(ADA).await; // the old address is free
}

/// ASVS 6.3.8, A12: who asks sees no difference, neither in the answer nor in their own mailbox.
#[actix_web::test]
async fn an_address_that_has_an_account_is_answered_alike_and_its_owner_is_told() {
    let (house, tokens, _) = asked().await;
    house.verified("eve@example.com").await;
    let before = house.subjects(ADA).len();
    ask(&house, &tokens, "Eve@example.com").await.accepted();
    let mail = house.mailed("eve@example.com").await;
    assert_eq!(mail.subject, "You already have an account");
    assert_eq!(house.subjects(ADA)[before..], ["Your account is to have another mail address"]);
    assert_eq!(me(&house, &tokens.access).await.ok()["email"], ADA);
    ask(&house, &tokens, "no address").await.problem(422, "validation_failed");
}

/// One account a mailbox, also when somebody takes the address in between.
#[actix_web::test]
async fn who_has_proved_an_address_in_between_keeps_it() {
    let (house, tokens, token) = asked().await;
    house.verified(NEW).await;
    house.confirm(&token).await.problem(409, "account_exists");
    assert_eq!(me(&house, &tokens.access).await.ok()["email"], ADA);
}

/// A1: who has only registered with it has proved nothing.
#[actix_web::test]
async fn who_has_only_registered_with_the_address_gives_way_to_who_proves_it() {
    let (house, tokens, token) = asked().await;
    house.register(NEW, "somebody else's password").await;
    house.confirm(&token).await.no_content();
    assert_eq!(me(&house, &tokens.access).await.ok()["email"], NEW);
    house.login(NEW, "somebody else's password").await.problem(401, "invalid_credentials");
    house.login(NEW, PASSWORD).await.ok();
}

#[actix_web::test]
async fn a_link_is_void_once_another_address_or_another_password_is_there() {
    let (house, tokens, token) = asked().await;
    ask(&house, &tokens, "third@example.org").await.accepted();
    let third = house.mailed("third@example.org").await.token().to_owned();
    house.confirm(&third).await.no_content();
    house.confirm(&token).await.problem(410, "link_expired");

    let (house, tokens, token) = asked().await;
    let change = json!({ "current_password": PASSWORD, "new_password": "another long password" });
    let door = house.bearer(&tokens.access);
    door.post("/api/v1/auth/password/change", change).await.no_content();
    house.confirm(&token).await.problem(410, "link_expired");

    let (house, _, token) = asked().await;
    house.database.clock.advance(TimeDelta::hours(24));
    house.confirm(&token).await.problem(410, "link_expired");
}

/// ASVS 7.5.1.
#[actix_web::test]
async fn asking_takes_a_recent_sign_in() {
    let house = house().await;
    let tokens = house.signed_in(ADA).await;
    house.database.clock.advance(TimeDelta::minutes(11));
    ask(&house, &tokens, NEW).await.problem(403, "reauthentication_required");
    house.run_jobs().await;
    assert_eq!(house.mail.mails().len(), 1);
}

/// A10: looking changes nothing, the button does.
#[actix_web::test]
async fn the_page_of_the_link_confirms_with_its_button() {
    let (house, tokens, token) = asked().await;
    let link = house.mail.last(NEW).link().to_owned();
    assert!(link.starts_with("https://groundwork.test/links/change-email?token="));
    let path = format!("//links/change-email?token={token}");
    for _ in 0..2 {
        assert_eq!(house.stranger().get(&path).await.status, 200);
    }
    assert_eq!(me(&house, &tokens.access).await.ok()["email"], ADA);
    let reader = house.stranger().with("content-type", "application/x-www-form-urlencoded");
    let press =
        async || reader.send(Method::POST, "//links/change-email", format!("token={token}")).await;
    let done = press().await;
    assert!(done.status == 200 && done.text.contains("has this address now"), "{}", done.text);
    assert_eq!(me(&house, &tokens.access).await.ok()["email"], NEW);
    assert_eq!(press().await.status, 410);
    assert_eq!(house.stranger().get(&path).await.status, 410);
}
