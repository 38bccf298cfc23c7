//! Two processes on one database: what ends on one ends on the other.

use kernel::testing::App;

use crate::{ADA, Tokens, house, logout, me, refresh};

async fn poll(app: &App) {
    app.database.poll_invalidations().await.unwrap();
}

/// ASVS 7.4.1, A13.
#[actix_web::test]
async fn a_session_ended_on_one_replica_is_over_on_the_other_with_its_next_poll() {
    let house = house().await;
    let other = house.beside().await;
    let tokens = house.signed_in(ADA).await;
    poll(&other).await;
    me(&other, &tokens.access).await.ok();

    logout(&house, &tokens.access).await.no_content();
    poll(&other).await;
    me(&other, &tokens.access).await.problem(401, "invalid_token");
    refresh(&other, &tokens.refresh).await.problem(401, "invalid_token");
}

#[actix_web::test]
async fn a_session_refreshed_on_one_replica_goes_on_on_the_other() {
    let house = house().await;
    let other = house.beside().await;
    let first = house.signed_in(ADA).await;
    me(&other, &first.access).await.ok();
    let second = Tokens::of(&refresh(&other, &first.refresh).await.ok());
    let third = Tokens::of(&refresh(&house, &second.refresh).await.ok());
    me(&other, &third.access).await.ok();
}

/// Keys: each replica takes tokens of the other's, also of a key that is newer than its start.
#[actix_web::test]
async fn a_token_signed_with_a_key_of_another_replica_is_good_here() {
    let house = house().await;
    let tokens = house.signed_in(ADA).await;
    house.sql("update signing_keys set created_at = created_at").await;
    let other = house.beside().await;
    me(&other, &tokens.access).await.ok();
    assert_eq!(house.count("select count(*) from signing_keys").await, 1);
}
