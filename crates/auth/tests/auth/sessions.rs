//! How long a session lasts, and what it costs to look.

use chrono::TimeDelta;

use crate::{ADA, PASSWORD, Tokens, house, house_with, me, refresh};

const SHORT: &[(&str, &str)] = &[("AUTH_SESSION_IDLE_DAYS", "2"), ("AUTH_SESSION_DAYS", "5")];

/// ASVS 7.3.1.
#[actix_web::test]
async fn a_session_that_nobody_refreshes_is_over_after_its_idle_time() {
    let house = house_with(SHORT).await;
    let tokens = house.signed_in(ADA).await;
    house.database.clock.advance(TimeDelta::days(2));
    refresh(&house, &tokens.refresh).await.problem(401, "invalid_token");

    let tokens = Tokens::of(&house.login(ADA, PASSWORD).await.ok());
    house.database.clock.advance(TimeDelta::days(2) - TimeDelta::seconds(1));
    refresh(&house, &tokens.refresh).await.ok();
}

/// ASVS 7.3.2, 10.4.8: refreshing does not make it last for ever.
#[actix_web::test]
async fn a_session_is_over_after_its_whole_time_however_often_it_is_refreshed() {
    let house = house_with(SHORT).await;
    let mut tokens = house.signed_in(ADA).await;
    for _ in 0..4 {
        house.database.clock.advance(TimeDelta::days(1));
        tokens = Tokens::of(&refresh(&house, &tokens.refresh).await.ok());
    }
    let last = refresh(&house, &tokens.refresh).await.ok();
    assert_eq!(last["refresh_expires_in"], 24 * 3600, "no more than what is left");
    house.database.clock.advance(TimeDelta::days(1));
    refresh(&house, last["refresh_token"].as_str().unwrap()).await.problem(401, "invalid_token");
    me(&house, last["access_token"].as_str().unwrap()).await.problem(401, "invalid_token");
}

/// An access token never outlives its session, also where both are remembered.
#[actix_web::test]
async fn a_session_that_ends_takes_its_access_token_along() {
    let house = house_with(&[("AUTH_SESSION_DAYS", "1")]).await;
    let first = house.signed_in(ADA).await;
    house.database.clock.advance(TimeDelta::days(1) - TimeDelta::minutes(1));
    let second = Tokens::of(&refresh(&house, &first.refresh).await.ok());
    me(&house, &second.access).await.ok();
    house.database.clock.advance(TimeDelta::minutes(1));
    me(&house, &second.access).await.problem(401, "invalid_token");
}

/// ASVS 6.2.10.
#[actix_web::test]
async fn a_password_does_not_wear_out() {
    let house = house().await;
    house.verified(ADA).await;
    house.database.clock.advance(TimeDelta::days(730));
    house.login(ADA, PASSWORD).await.ok();
}

/// Design §8: who is known needs no statement.
#[actix_web::test]
async fn a_known_token_costs_no_statement_but_the_read_it_is_for() {
    let house = house().await;
    let tokens = house.signed_in(ADA).await;
    me(&house, &tokens.access).await.ok();
    let before = house.database.statements();
    me(&house, &tokens.access).await.ok();
    assert_eq!(house.database.statements() - before, 1);
}

/// Rows of what is long over go; what lives stays.
#[actix_web::test]
async fn sessions_and_links_that_have_long_been_over_are_removed() {
    let house = house_with(SHORT).await;
    house.register("waiting@example.com", PASSWORD).await;
    house.signed_in(ADA).await;
    house.run_jobs().await;
    house.database.clock.advance(TimeDelta::days(5));
    let tokens = Tokens::of(&house.login(ADA, PASSWORD).await.ok());
    house.run_jobs().await;
    assert_eq!(house.count("select count(*) from sessions").await, 2, "kept for a while");

    house.database.clock.advance(TimeDelta::days(1));
    let tokens = Tokens::of(&refresh(&house, &tokens.refresh).await.ok());
    house.database.clock.advance(TimeDelta::days(1) + TimeDelta::hours(23));
    let tokens = Tokens::of(&refresh(&house, &tokens.refresh).await.ok());
    house.database.clock.advance(TimeDelta::days(1) + TimeDelta::hours(23));
    house.run_jobs().await;
    assert_eq!(house.count("select count(*) from sessions").await, 1);
    assert_eq!(house.count("select count(*) from mailed_links").await, 0);
    refresh(&house, &tokens.refresh).await.ok();
}
