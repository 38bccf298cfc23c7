//! Going for good.

use chrono::TimeDelta;

use crate::{ADA, House, PASSWORD, Tokens, house, me, refresh};

async fn delete(house: &House, tokens: &Tokens) -> kernel::testing::Answer {
    house.bearer(&tokens.access).delete("/api/v1/users/me").await
}

/// ASVS 7.4.2, A13.
#[actix_web::test]
async fn deleting_ones_account_ends_every_session_and_frees_the_address() {
    let house = house().await;
    let phone = house.signed_in(ADA).await;
    let laptop = Tokens::of(&house.login(ADA, PASSWORD).await.ok());
    me(&house, &laptop.access).await.ok();
    delete(&house, &phone).await.no_content();
    for tokens in [&phone, &laptop] {
        me(&house, &tokens.access).await.problem(401, "invalid_token");
        refresh(&house, &tokens.refresh).await.problem(401, "invalid_token");
    }
    house.login(ADA, PASSWORD).await.problem(401, "invalid_credentials");
    house.run_jobs().await;
    assert_eq!(house.subjects(ADA)[1], "Your account has been deleted");

    let id = house.count("select count(*) from users where deleted_at is not null").await;
    house.verified(ADA).await;
    house.login(ADA, PASSWORD).await.ok();
    assert_eq!((id, house.count("select count(*) from users").await), (1, 2));
}

/// ASVS 16.3.1.
#[actix_web::test]
async fn deleting_ones_account_leaves_an_entry_for_it_and_each_session() {
    let house = house().await;
    let tokens = house.signed_in(ADA).await;
    house.login(ADA, PASSWORD).await.ok();
    delete(&house, &tokens).await.no_content();
    assert_eq!(house.audited("user.deleted").await.len(), 1);
    let ended = house.audited("session.ended").await;
    assert_eq!(ended.len(), 2);
    assert!(ended.iter().all(|it| it.1 == "user" && it.2["reason"] == "account_deleted"));
}

/// ASVS 7.5.1: a stolen token is not enough, and refreshing it proves nothing.
#[actix_web::test]
async fn deleting_ones_account_takes_a_recent_sign_in() {
    let house = house().await;
    let tokens = house.signed_in(ADA).await;
    house.database.clock.advance(TimeDelta::minutes(10) + TimeDelta::seconds(1));
    delete(&house, &tokens).await.problem(403, "reauthentication_required");
    let refreshed = Tokens::of(&refresh(&house, &tokens.refresh).await.ok());
    delete(&house, &refreshed).await.problem(403, "reauthentication_required");

    let again = Tokens::of(&house.login(ADA, PASSWORD).await.ok());
    house.database.clock.advance(TimeDelta::minutes(10) - TimeDelta::seconds(1));
    delete(&house, &again).await.no_content();
}

/// A link that is still on its way cannot bring an account back.
#[actix_web::test]
async fn a_link_of_a_deleted_account_is_over() {
    let house = house().await;
    let tokens = house.signed_in(ADA).await;
    house.sql("update users set email_verified_at = null").await;
    house.register(ADA, PASSWORD).await;
    let link = house.mail.last(ADA).token().to_owned();
    delete(&house, &tokens).await.no_content();
    house.confirm(&link).await.problem(410, "link_expired");
    assert_eq!(house.count("select count(*) from mailed_links").await, 0);
}

#[actix_web::test]
async fn nobody_deletes_without_being_signed_in() {
    let house = house().await;
    let nobody = house.stranger().delete("/api/v1/users/me").await;
    nobody.problem(401, "not_authenticated");
}
