//! Forgetting one's password (ASVS 6.4.1, 6.4.3, A9, A10, A13).

use actix_web::http::Method;
use chrono::TimeDelta;
use futures_util::future::join_all;
use kernel::testing::Answer;
use serde_json::json;

use crate::{ADA, House, PASSWORD, Tokens, house, me, refresh};

const NEW: &str = "staple battery horse correct";
const PAGE: &str = "//links/reset-password";

async fn forgot(house: &House, email: &str) {
    let path = "/api/v1/auth/password/forgot";
    house.stranger().post(path, json!({ "email": email })).await.accepted();
    house.run_jobs().await;
}

async fn reset(house: &House, token: &str, new: &str) -> Answer {
    let body = json!({ "token": token, "new_password": new });
    house.stranger().post("/api/v1/auth/password/reset", body).await
}

/// Somebody with an account who has asked for a link; their tokens, and the link's.
async fn asked() -> (House, Tokens, String) {
    let house = house().await;
    let tokens = house.signed_in(ADA).await;
    forgot(&house, ADA).await;
    let token = house.mail.last(ADA).token().to_owned();
    (house, tokens, token)
}

/// A13.
#[actix_web::test]
async fn the_link_sets_a_password_and_ends_every_session() {
    let (house, tokens, token) = asked().await;
    reset(&house, &token, NEW).await.no_content();
    me(&house, &tokens.access).await.problem(401, "invalid_token");
    refresh(&house, &tokens.refresh).await.problem(401, "invalid_token");
    house.login(ADA, PASSWORD).await.problem(401, "invalid_credentials");
    house.login(ADA, NEW).await.ok();
    assert_eq!(house.mailed(ADA).await.subject, "Your password has been changed");
    let done = house.audited("password.reset").await;
    assert_eq!((done.len(), done[0].1.as_str()), (1, "user"));
}

/// G7.
#[actix_web::test]
async fn a_link_is_used_once_and_takes_the_others_along() {
    let (house, _, first) = asked().await;
    forgot(&house, ADA).await;
    let second = house.mail.last(ADA).token().to_owned();
    let answers = join_all([reset(&house, &second, NEW), reset(&house, &second, NEW)]).await;
    let mut status: Vec<_> = answers.iter().map(|it| it.status).collect();
    status.sort_unstable();
    assert_eq!(status, [204, 410]);
    for token in [&first, &second] {
        reset(&house, token, PASSWORD).await.problem(410, "link_expired");
    }
}

#[actix_web::test]
async fn a_link_lasts_an_hour() {
    let (house, _, token) = asked().await;
    house.database.clock.advance(TimeDelta::hours(1) - TimeDelta::seconds(1));
    reset(&house, &token, "too short").await.problem(422, "validation_failed");
    house.database.clock.advance(TimeDelta::seconds(1));
    reset(&house, &token, NEW).await.problem(410, "link_expired");
}

/// A8: a token in another's place is none.
#[actix_web::test]
async fn no_other_token_sets_a_password_and_this_one_does_nothing_else() {
    let (house, tokens, token) = asked().await;
    house.register("new@example.com", PASSWORD).await;
    let proof = house.mail.last("new@example.com").token().to_owned();
    for other in [proof.as_str(), &tokens.access, &tokens.refresh, "", "x"] {
        reset(&house, other, NEW).await.problem(410, "link_expired");
    }
    house.confirm(&token).await.problem(410, "link_expired");
    refresh(&house, &token).await.problem(401, "invalid_token");
    reset(&house, &token, NEW).await.no_content();
}

/// ASVS 6.3.8: whoever asks gets one answer; only who has an account that may be used gets a mail, and
/// no more of them than are of use.
#[actix_web::test]
async fn only_an_account_in_use_is_written_to_and_not_endlessly() {
    let house = house().await;
    house.verified(ADA).await;
    house.verified("disabled@example.com").await;
    house.sql("update users set status = 'disabled' where email = 'disabled@example.com'").await;
    for email in ["unknown@example.com", "disabled@example.com", "nonsense", ""] {
        forgot(&house, email).await;
    }
    let mails = house.mail.mails().len();
    for _ in 0..7 {
        forgot(&house, ADA).await;
    }
    assert_eq!(house.mail.mails().len() - mails, 5);
    assert_eq!(house.audited("password.reset_requested").await.len(), 9);
}

/// A9.
#[actix_web::test]
async fn the_link_begins_with_the_public_url_whatever_host_says() {
    let house = house().await;
    house.verified(ADA).await;
    let liar = house.stranger().with("host", "evil.test").with("x-forwarded-host", "evil.test");
    liar.post("/api/v1/auth/password/forgot", json!({ "email": ADA })).await.accepted();
    let mail = house.mailed(ADA).await;
    assert!(mail.link().starts_with("https://groundwork.test/links/reset-password?token="));
    assert!(!mail.raw.contains("evil"), "{}", mail.raw);
}

/// A10: looking at the page uses nothing up; it asks twice, says what is wrong, and sends nothing back.
#[actix_web::test]
async fn the_page_asks_for_the_password_twice() {
    let (house, _, token) = asked().await;
    for method in [Method::HEAD, Method::GET, Method::GET] {
        let path = format!("{PAGE}?token={token}");
        assert_eq!(house.stranger().send(method, &path, "").await.status, 200);
    }
    let press = async |password: &str, again: &str| {
        let reader = house.stranger().with("content-type", "application/x-www-form-urlencoded");
        let form = format!("token={token}&password={password}&again={again}");
        reader.send(Method::POST, PAGE, form.replace(' ', "+")).await
    };
    for (password, again, told) in [
        (NEW, PASSWORD, "This is another password than above"),
        ("short", "short", "too short: take at least 15"),
        ("passwordpassword", "passwordpassword", "known from leaks"),
        ("ada@example.com", "ada@example.com", "your name or address"),
        ("Groundwork-2026!", "Groundwork-2026!", "the name of this service"),
    ] {
        let page = press(password, again).await;
        assert!(page.status == 422 && page.text.contains(told), "{told} in {}", page.text);
        assert!(
            page.text.contains("aria-invalid") && page.text.contains("value=\"ada@example.com\"")
        );
    }
    let page = press(NEW, NEW).await;
    assert!(page.status == 200 && page.text.contains("Your password is saved"), "{}", page.text);
    assert_eq!(press(NEW, NEW).await.status, 410);
    house.login(ADA, NEW).await.ok();
}
