//! Lengths and lifetimes that are set while the server runs, each used for real.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{ADA, House, PASSWORD, PUBLIC, Tokens, house, house_with, me, refresh};

const SETTINGS: &str = "/api/v1/settings";

async fn set(house: &House, root: &Tokens, key: &str, value: i64) {
    house.bearer(&root.access).patch(SETTINGS, json!({ key: value })).await.ok();
}

async fn try_password(house: &House, password: &str) -> u16 {
    let body = json!({ "email": "new@example.com", "password": password, "name": "New" });
    house.stranger().post("/api/v1/auth/register", body).await.status
}

async fn seconds(house: &House) -> Value {
    house.login(ADA, PASSWORD).await.ok()["refresh_expires_in"].clone()
}

/// ASVS 6.2.1.
#[actix_web::test]
async fn the_platform_says_how_long_a_password_is() {
    let house = house().await;
    let root = house.administrator().await;
    assert_eq!(try_password(&house, "twelve chars").await, 422);
    set(&house, &root, "auth.password_min_length", 12).await;
    assert_eq!(try_password(&house, "twelve chars").await, 202);
    assert_eq!(try_password(&house, "not twelve!").await, 422);
    set(&house, &root, "auth.password_min_length", 64).await;
    assert_eq!(try_password(&house, PASSWORD).await, 422);
    house.login("root@example.com", PASSWORD).await.ok(); // of new ones only
    let bearer = house.bearer(&root.access);
    let short = bearer.patch(SETTINGS, json!({ "auth.password_min_length": 7 })).await;
    short.problem(422, "validation_failed");
}

/// The page of an invitation says the same.
#[actix_web::test]
async fn the_page_of_an_invitation_tells_how_long_a_password_is() {
    let house = house().await;
    let root = house.administrator().await;
    let bearer = house.bearer(&root.access);
    let made = bearer.post("/api/v1/organizations", json!({ "name": "Acme" })).await.created();
    let invite = format!("/api/v1/organizations/{}/invitations", made["id"].as_str().unwrap());
    bearer.post(&invite, json!({ "email": ADA, "roles": ["member"] })).await.created();
    house.run_jobs().await;
    let path = format!("/links/invitation?token={}", house.mail.last(ADA).token());
    assert!(house.mail.last(ADA).text.contains(PUBLIC));
    let page = async || house.stranger().get(&format!("/{path}")).await.text;
    assert!(page().await.contains("15"));
    set(&house, &root, "auth.password_min_length", 23).await;
    assert!(page().await.contains("23"));
}

/// ASVS 9.2.1.
#[actix_web::test]
async fn the_platform_says_how_long_an_access_token_is_good() {
    let house = house().await;
    let root = house.administrator().await;
    house.verified(ADA).await;
    let long = house.login(ADA, PASSWORD).await.ok();
    set(&house, &root, "auth.access_token_minutes", 2).await;
    let short = house.login(ADA, PASSWORD).await.ok();
    assert_eq!([&long["expires_in"], &short["expires_in"]], [900, 120]);
    house.database.clock.advance(TimeDelta::minutes(2) + TimeDelta::seconds(59));
    let seen = async |tokens: &Value| me(&house, tokens["access_token"].as_str().unwrap()).await;
    seen(&short).await.ok(); // clocks differ by up to a minute
    house.database.clock.advance(TimeDelta::seconds(1));
    seen(&short).await.problem(401, "invalid_token");
    seen(&long).await.ok();
}

/// ASVS 7.3.1, 7.3.2.
#[actix_web::test]
async fn the_platform_says_how_long_a_session_lasts() {
    let house = house().await;
    let root = house.administrator().await;
    house.verified(ADA).await;
    assert_eq!(seconds(&house).await, 30 * 86_400);
    set(&house, &root, "auth.session_idle_days", 2).await;
    assert_eq!(seconds(&house).await, 2 * 86_400);
    set(&house, &root, "auth.session_days", 1).await;
    assert_eq!(seconds(&house).await, 86_400, "no longer than the whole");
}

#[actix_web::test]
async fn a_session_that_is_there_is_shortened_with_its_next_refresh_and_never_lengthened() {
    let house = house().await;
    let root = house.administrator().await;
    let first = house.signed_in(ADA).await;
    house.database.clock.advance(TimeDelta::hours(1));
    let root = Tokens::of(&refresh(&house, &root.refresh).await.ok());
    set(&house, &root, "auth.session_idle_days", 5).await;
    let second = refresh(&house, &first.refresh).await.ok();
    assert_eq!(second["refresh_expires_in"], 5 * 86_400);
    set(&house, &root, "auth.session_days", 2).await;
    let third = refresh(&house, second["refresh_token"].as_str().unwrap()).await.ok();
    assert_eq!(third["refresh_expires_in"], 47 * 3600, "of the two days one hour is over");

    set(&house, &root, "auth.session_idle_days", 365).await;
    set(&house, &root, "auth.session_days", 365).await;
    let fourth = refresh(&house, third["refresh_token"].as_str().unwrap()).await.ok();
    let days = fourth["refresh_expires_in"].as_i64().unwrap() / 86_400;
    assert_eq!(days, 89, "what it had when it began");
}

/// ASVS 7.3.2: a session that is too old by now gets no new tokens.
#[actix_web::test]
async fn a_session_that_has_lasted_too_long_by_now_is_over() {
    let house = house().await;
    house.administrator().await;
    let tokens = house.signed_in(ADA).await;
    house.database.clock.advance(TimeDelta::days(3));
    let root = Tokens::of(&house.login("root@example.com", PASSWORD).await.ok());
    set(&house, &root, "auth.session_days", 3).await;
    refresh(&house, &tokens.refresh).await.problem(401, "invalid_token");
    house.login(ADA, PASSWORD).await.ok();
}

/// ASVS 7.3.1: a session that has been idle for longer than may be by now gets no new tokens.
#[actix_web::test]
async fn a_session_that_has_been_idle_for_too_long_by_now_is_over() {
    let house = house().await;
    house.administrator().await;
    let tokens = house.signed_in(ADA).await;
    house.database.clock.advance(TimeDelta::days(3));
    let root = Tokens::of(&house.login("root@example.com", PASSWORD).await.ok());
    set(&house, &root, "auth.session_idle_days", 3).await;
    refresh(&house, &tokens.refresh).await.problem(401, "invalid_token");
    set(&house, &root, "auth.session_idle_days", 30).await;
    refresh(&house, &tokens.refresh).await.problem(401, "invalid_token");
}

/// Design §8: a refresh takes no statement more for it.
#[actix_web::test]
async fn settings_cost_a_refresh_no_statement() {
    let house = house_with(&[("AUTH_SESSION_IDLE_DAYS", "3")]).await;
    let tokens = house.signed_in(ADA).await;
    let tokens = Tokens::of(&refresh(&house, &tokens.refresh).await.ok());
    let before = house.database.statements();
    let told = refresh(&house, &tokens.refresh).await.ok();
    assert_eq!(told["refresh_expires_in"], 3 * 86_400, "the environment's word");
    assert_eq!(house.database.statements() - before, 4, "the session, BEGIN, its advance, COMMIT");
}
