//! Proving once more who one is (ASVS 7.5.1, 7.2.4).

use chrono::TimeDelta;
use kernel::testing::Answer;
use serde_json::json;

use crate::{ADA, House, PASSWORD, Tokens, house, house_with, me, refresh};

async fn again(house: &House, tokens: &Tokens, password: &str) -> Answer {
    let body = json!({ "password": password });
    house.bearer(&tokens.access).post("/api/v1/auth/reauthenticate", body).await
}

async fn change_email(house: &House, tokens: &Tokens) -> Answer {
    let body = json!({ "new_email": "ada@example.org" });
    house.bearer(&tokens.access).post("/api/v1/users/me/email", body).await
}

#[actix_web::test]
async fn new_tokens_are_fresh_and_the_old_ones_dead() {
    let house = house().await;
    let old = house.signed_in(ADA).await;
    house.database.clock.advance(TimeDelta::minutes(11));
    change_email(&house, &old).await.problem(403, "reauthentication_required");
    let answer = again(&house, &old, PASSWORD).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let new = Tokens::of(&answer.ok());
    change_email(&house, &new).await.accepted();

    me(&house, &old.access).await.problem(401, "invalid_token");
    refresh(&house, &old.refresh).await.problem(401, "invalid_token");
    me(&house, &new.access).await.ok();
    let next = Tokens::of(&refresh(&house, &new.refresh).await.ok());
    change_email(&house, &next).await.accepted();
    let ended = house.audited("session.ended").await;
    assert_eq!((ended.len(), &ended[0].2["reason"]), (1, &json!("reauthenticated")));
}

/// The list shows the same sign-in as before, and proving again makes none last longer (ASVS 7.3.2).
#[actix_web::test]
async fn the_session_goes_on_and_does_not_last_longer() {
    let house = house_with(&[("AUTH_SESSION_IDLE_DAYS", "2"), ("AUTH_SESSION_DAYS", "2")]).await;
    let old = house.signed_in(ADA).await;
    house.database.clock.advance(TimeDelta::days(1));
    let old = Tokens::of(&refresh(&house, &old.refresh).await.ok());
    let answer = again(&house, &old, PASSWORD).await.ok();
    assert_eq!(answer["refresh_expires_in"], 24 * 3600);
    let new = Tokens::of(&answer);
    let seen = house.bearer(&new.access).get("/api/v1/auth/sessions").await.ok();
    assert_eq!(seen["items"].as_array().unwrap().len(), 1);
    assert!(seen["items"][0]["first_seen_at"].as_str() < seen["items"][0]["last_seen_at"].as_str());
}

#[actix_web::test]
async fn a_wrong_password_changes_nothing_and_is_recorded() {
    let house = house().await;
    let tokens = house.signed_in(ADA).await;
    again(&house, &tokens, "not the password").await.problem(403, "wrong_password");
    me(&house, &tokens.access).await.ok();
    let refused = house.audited("session.refused").await;
    assert_eq!((refused.len(), refused[0].0.as_str()), (1, "denied"));
    assert_eq!(refused[0].2["reason"], "wrong_password");
    house.stranger().post("/api/v1/auth/reauthenticate", json!({})).await.of(401);
}

/// ASVS 7.2.4, G7: of many at once one wins, and there is one session.
#[actix_web::test]
async fn of_several_at_once_one_goes_on() {
    let house = house().await;
    let tokens = house.signed_in(ADA).await;
    let all = (0..3).map(|_| again(&house, &tokens, PASSWORD));
    let all = futures_util::future::join_all(all).await;
    let won = all.iter().filter(|it| it.status == 200).count();
    assert!(won == 1 && all.iter().all(|it| matches!(it.status, 200 | 401)), "{all:?}");
    assert_eq!(house.count("select count(*) from sessions where ended_at is null").await, 1);
}
