//! Signing in: one refusal for everybody who does not know the password.

use futures_util::future::join_all;
use kernel::testing::Answer;
use serde_json::Value;

use crate::{ADA, House, PASSWORD, house};

/// What a client can tell an answer by.
fn told(mut answer: Answer) -> (u16, String, String, Value) {
    answer.body["request_id"] = Value::Null;
    let header = |name: &str| answer.header(name).to_owned();
    let headers = (header("www-authenticate"), header("cache-control"));
    (answer.status, headers.0, headers.1, answer.body)
}

/// ASVS 6.3.8, A12.
#[actix_web::test]
async fn a_wrong_password_an_unknown_address_and_none_at_all_are_one_answer() {
    let house = house().await;
    house.verified(ADA).await;
    house.register("waiting@example.com", PASSWORD).await;
    house.verified("disabled@example.com").await;
    house.sql("update users set status = 'disabled' where email = 'disabled@example.com'").await;

    let wrong = told(house.login(ADA, "not the password").await);
    assert_eq!((wrong.0, wrong.3["code"].as_str()), (401, Some("invalid_credentials")));
    assert!(wrong.1.starts_with("Bearer"), "{wrong:?}");
    for email in
        ["unknown@example.com", "waiting@example.com", "disabled@example.com", "x", "", "a@b@c"]
    {
        assert_eq!(told(house.login(email, "not the password").await), wrong, "{email}");
    }
}

/// The same statements for an unknown address as for a known one, so the same time (ASVS 6.3.8).
#[actix_web::test]
async fn a_wrong_password_takes_as_many_statements_as_an_unknown_address() {
    let house = house().await;
    house.verified(ADA).await;
    let statements = async |email| {
        let before = house.database.statements();
        house.login(email, "not the password").await.of(401);
        house.database.statements() - before
    };
    // The first entry about anybody has to look for their key.
    statements(ADA).await;
    statements("unknown@example.com").await;
    assert_eq!(statements(ADA).await, statements("unknown@example.com").await);
}

#[actix_web::test]
async fn only_the_right_password_learns_what_else_is_in_the_way() {
    let house = house().await;
    house.register(ADA, PASSWORD).await;
    house.login(ADA, PASSWORD).await.problem(403, "email_not_verified");
    house.login(ADA, "not the password").await.problem(401, "invalid_credentials");
    house.confirm(house.mail.last(ADA).token()).await.no_content();
    house.sql("update users set status = 'disabled'").await;
    house.login(ADA, PASSWORD).await.problem(403, "account_disabled");
    house.login(ADA, "not the password").await.problem(401, "invalid_credentials");
    assert_eq!(house.count("select count(*) from sessions").await, 0);
}

/// ASVS 16.3.1: what is refused is on record, although the request failed.
#[actix_web::test]
async fn each_refusal_leaves_one_entry_and_each_sign_in_another() {
    let house = house().await;
    house.register(ADA, PASSWORD).await;
    house.login(ADA, PASSWORD).await.of(403);
    house.login(ADA, "not the password").await.of(401);
    house.login("unknown@example.com", PASSWORD).await.of(401);
    house.confirm(house.mail.last(ADA).token()).await.no_content();
    house.login(ADA, PASSWORD).await.ok();
    house.sql("update users set status = 'disabled'").await;
    house.login(ADA, PASSWORD).await.of(403);

    let refused = house.audited("session.refused").await;
    let reasons: Vec<_> = refused.iter().map(|it| it.2["reason"].as_str().unwrap()).collect();
    assert_eq!(
        reasons,
        ["email_not_verified", "invalid_credentials", "invalid_credentials", "account_disabled"]
    );
    assert!(refused.iter().all(|it| it.0 == "denied" && it.1 == "anonymous"), "{refused:?}");
    let created = house.audited("session.created").await;
    assert_eq!(
        (created.len(), created[0].0.as_str(), created[0].1.as_str()),
        (1, "success", "user")
    );
}

/// ASVS 14.2.2, 14.3.2.
#[actix_web::test]
async fn tokens_are_answered_whole_and_kept_by_no_cache() {
    let house = house().await;
    house.verified(ADA).await;
    let answer = house.login(ADA, PASSWORD).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let tokens = answer.ok();
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&"Bearer".into(), &900.into()));
    assert_eq!(tokens["refresh_expires_in"], 30 * 24 * 3600);
    let refreshed = crate::refresh(&house, tokens["refresh_token"].as_str().unwrap()).await;
    assert_eq!(refreshed.header("cache-control"), "no-store");
}

/// ASVS 7.2.4: each sign-in is a session of its own.
#[actix_web::test]
async fn signing_in_again_leaves_the_other_session_alone() {
    let house = house().await;
    let phone = house.signed_in(ADA).await;
    let laptop = crate::Tokens::of(&house.login(ADA, PASSWORD).await.ok());
    assert_ne!(phone.refresh, laptop.refresh);
    crate::logout(&house, &phone.access).await.no_content();
    crate::me(&house, &phone.access).await.problem(401, "invalid_token");
    crate::me(&house, &laptop.access).await.ok();
}

/// A17, A25: never a 5xx.
#[actix_web::test]
async fn bodies_that_are_no_login_are_refused_in_their_shape() {
    let house = house().await;
    let path = "/api/v1/auth/login";
    let status = async |body: &str| {
        let sent =
            house.stranger().send(actix_web::http::Method::POST, path, body.to_owned()).await;
        sent.status
    };
    assert_eq!(status("").await, 400);
    assert_eq!(status("{\"email\":\"a\",\"email\":\"b\",\"password\":\"c\"}").await, 400);
    assert_eq!(status("{\"email\":\"a\"}").await, 422);
    assert_eq!(status("{\"email\":[],\"password\":{}}").await, 422);
    assert_eq!(status("{\"email\":\"a\",\"password\":\"b\\u0000\"}").await, 422);
    assert_eq!(status("{\"email\":\"a\",\"password\":\"b\",\"admin\":true}").await, 422);
    assert_eq!(
        status(&format!("{{\"email\":\"a\",\"password\":\"{}\"}}", "b".repeat(1025))).await,
        422
    );
    assert_eq!(status(&"[".repeat(60_000)).await, 400);
    assert_eq!(status(&" ".repeat(70_000)).await, 413);
}

/// A11: a crowd is served in turn, or told to come again.
#[actix_web::test]
async fn two_hundred_sign_ins_at_once_are_served_or_told_to_come_again() {
    let house = house().await;
    house.verified(ADA).await;
    let answers = join_all((0..200).map(|_| house.login(ADA, PASSWORD))).await;
    let (served, busy): (Vec<_>, Vec<_>) = answers.into_iter().partition(|it| it.status == 200);
    assert!(!served.is_empty());
    for answer in busy {
        assert_eq!(answer.header("retry-after"), "1");
        answer.problem(503, "unavailable");
    }
    house.login(ADA, PASSWORD).await.ok();
}

/// ASVS 6.3.2.
#[actix_web::test]
async fn a_fresh_database_knows_nobody() {
    let house: House = house().await;
    for email in ["admin@localhost", "admin@example.com", "root@localhost"] {
        for password in ["admin", "password", "administrator", ""] {
            house.login(email, password).await.problem(401, "invalid_credentials");
        }
    }
}
