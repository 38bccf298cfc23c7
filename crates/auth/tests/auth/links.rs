//! Mailed links: once, for a day, for one address (ASVS 6.4.1, A10).

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use futures_util::future::join_all;
use serde_json::json;

use crate::{ADA, House, PASSWORD, house};

async fn mailed() -> (House, String) {
    let house = house().await;
    house.register(ADA, PASSWORD).await;
    let token = house.mail.last(ADA).token().to_owned();
    (house, token)
}

/// The whole journey by the API.
#[actix_web::test]
async fn from_the_first_mail_to_the_last_token() {
    let (house, token) = mailed().await;
    house.confirm(&token).await.no_content();
    let tokens = crate::Tokens::of(&house.login(ADA, PASSWORD).await.ok());
    let me = crate::me(&house, &tokens.access).await.ok();
    assert_eq!((me["email"].as_str(), me["email_verified"].as_bool()), (Some(ADA), Some(true)));

    let next = crate::Tokens::of(&crate::refresh(&house, &tokens.refresh).await.ok());
    assert_eq!(crate::me(&house, &next.access).await.ok()["id"], me["id"]);
    let bye = crate::logout(&house, &next.access).await;
    assert_eq!((bye.status, bye.header("clear-site-data")), (204, "\"cache\", \"storage\""));
    crate::me(&house, &next.access).await.problem(401, "invalid_token");
    crate::refresh(&house, &next.refresh).await.problem(401, "invalid_token");
}

#[actix_web::test]
async fn a_link_is_used_once_also_by_ten_at_once() {
    let (house, token) = mailed().await;
    let answers = join_all((0..10).map(|_| house.confirm(&token))).await;
    let count = |status| answers.iter().filter(|it| it.status == status).count();
    assert_eq!((count(204), count(410)), (1, 9), "{answers:?}");
    assert_eq!(house.audited("user.email_verified").await.len(), 1);
}

#[actix_web::test]
async fn a_link_lasts_a_day_and_no_longer() {
    let (house, token) = mailed().await;
    house.database.clock.advance(TimeDelta::hours(24));
    house.confirm(&token).await.problem(410, "link_expired");

    let (house, token) = mailed().await;
    house.database.clock.advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
    house.confirm(&token).await.no_content();
}

#[actix_web::test]
async fn a_link_proves_the_address_it_was_mailed_to_and_no_other() {
    let (house, token) = mailed().await;
    house.sql("update users set email_canonical = 'other@example.com'").await;
    house.confirm(&token).await.problem(410, "link_expired");
}

/// A8, A25: what is no link of ours.
#[actix_web::test]
async fn a_token_that_nobody_mailed_is_no_link() {
    let (house, token) = mailed().await;
    let altered = format!("{}{}", &token[1..], &token[..1]);
    for other in ["", "x", "' or 1=1 --", "😀", &altered, &token[..42], &format!("{token} ")] {
        house.confirm(other).await.problem(410, "link_expired");
    }
    house.confirm(&"x".repeat(4097)).await.problem(422, "validation_failed");
    house.confirm(&token).await.no_content();
}

#[actix_web::test]
async fn a_token_is_256_bits_and_never_the_same() {
    let house = house().await;
    for _ in 0..3 {
        house.register(ADA, PASSWORD).await;
    }
    let mails = house.mail.mails();
    let mut tokens: Vec<_> = mails.iter().map(kernel::testing::Mail::token).collect();
    assert!(tokens.iter().all(|it| it.len() == 43), "{tokens:?}");
    tokens.dedup();
    assert_eq!(tokens.len(), 3);
}

/// ASVS 6.3.8: to who asks, one address is like any other; only the one that waits is written to.
#[actix_web::test]
async fn another_link_is_mailed_to_who_waits_for_one_and_to_nobody_else() {
    let (house, first) = mailed().await;
    house.verified("known@example.com").await;
    let before = house.mail.mails().len();
    for email in [ADA, "known@example.com", "unknown@example.com", "nonsense"] {
        let path = "/api/v1/auth/verify-email/resend";
        house.stranger().post(path, json!({ "email": email })).await.accepted();
    }
    house.run_jobs().await;
    assert_eq!(house.mail.mails().len() - before, 1);
    house.confirm(house.mail.last(ADA).token()).await.no_content();
    house.login(ADA, PASSWORD).await.ok();
    house.confirm(&first).await.problem(410, "link_expired");
}

/// ASVS 6.3.8, A12: who has an account is asked about no faster than who has none.
#[actix_web::test]
async fn neither_registering_nor_asking_for_a_link_answers_sooner_for_one_address_than_another() {
    let (house, _) = mailed().await;
    house.verified("known@example.com").await;
    for email in [ADA, "known@example.com", "unknown@example.com"] {
        for (path, mut body) in [
            ("/api/v1/auth/verify-email/resend", json!({})),
            ("/api/v1/auth/register", json!({ "password": PASSWORD, "name": "Ada" })),
        ] {
            body["email"] = email.into();
            let begun = Instant::now();
            house.stranger().post(path, body).await.accepted();
            assert!(begun.elapsed() >= Duration::from_millis(50), "{path} for {email}");
        }
    }
}
