//! The pages behind mailed links: looking changes nothing, the button does (A10).

use actix_web::http::Method;
use chrono::TimeDelta;
use kernel::testing::Answer;

use crate::{ADA, House, PASSWORD, house};

const PAGE: &str = "//links/verify-email";

async fn mailed() -> (House, String) {
    let house = house().await;
    house.register(ADA, PASSWORD).await;
    let token = house.mail.last(ADA).token().to_owned();
    (house, token)
}

async fn open(house: &House, token: &str, language: &str) -> Answer {
    let reader = house.stranger().with("accept-language", language);
    reader.get(&format!("{PAGE}?token={token}")).await
}

async fn press(house: &House, token: &str) -> Answer {
    let reader = house.stranger().with("content-type", "application/x-www-form-urlencoded");
    let twice = PASSWORD.replace(' ', "+");
    let form = format!("token={token}&password={twice}&again={twice}");
    reader.send(Method::POST, PAGE, form).await
}

#[actix_web::test]
async fn the_mailed_link_opens_a_page_whose_button_confirms() {
    let (house, token) = mailed().await;
    let link = house.mail.last(ADA).link().to_owned();
    let path = link.strip_prefix(crate::PUBLIC).unwrap();
    let page = house.stranger().get(&format!("/{path}")).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let text = page.text.replace("&#x2f;", "/");
    assert!(text.contains("<form method=\"post\" action=\"/links/verify-email\">"));
    assert!(text.contains(&format!("name=\"token\" value=\"{token}\"")), "{text}");

    let done = press(&house, &token).await;
    assert!(done.status == 200 && done.text.contains("Your address is confirmed"), "{}", done.text);
    house.login(ADA, PASSWORD).await.ok();
    let again = press(&house, &token).await;
    assert!(again.status == 410 && again.text.contains("This link is over"), "{}", again.text);
    assert_eq!(open(&house, &token, "en").await.status, 410);
}

/// Scanners of mail open every link, some of them twice and with HEAD.
#[actix_web::test]
async fn looking_at_a_page_never_uses_its_link() {
    let (house, token) = mailed().await;
    for method in [Method::HEAD, Method::GET, Method::HEAD, Method::GET] {
        let path = format!("{PAGE}?token={token}");
        assert_eq!(house.stranger().send(method, &path, "").await.status, 200);
    }
    assert_eq!(press(&house, &token).await.status, 200);
}

#[actix_web::test]
async fn a_page_is_written_in_the_readers_language() {
    let (house, token) = mailed().await;
    let page = open(&house, &token, "de-AT,en;q=0.5").await;
    assert_eq!(page.header("content-language"), "de");
    assert!(page.text.contains("lang=\"de\"") && page.text.contains("Adresse bestätigen"));
    let over = open(&house, "unknown", "de").await;
    assert!(over.status == 410 && over.text.contains("Dieser Link gilt nicht mehr"));
    assert!(open(&house, &token, "ja").await.text.contains("Confirm address"));
}

/// ASVS 3.4.3–3.4.6, 14.2.1, 14.3.2: nobody learns the token from a cache or a referrer.
#[actix_web::test]
async fn a_page_lets_nothing_in_and_nothing_out() {
    let (house, token) = mailed().await;
    let pages = [
        open(&house, &token, "en").await,
        open(&house, "unknown", "en").await,
        press(&house, &token).await,
        press(&house, &token).await,
    ];
    for page in pages {
        let policy = page.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{policy}");
        }
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert!(!page.text.contains("<script"), "{}", page.text);
    }
}

#[actix_web::test]
async fn a_link_that_has_expired_or_was_never_mailed_opens_a_page_that_says_so() {
    let (house, token) = mailed().await;
    for unknown in ["", "x", "%22%3E%3Cscript%3E", "%F0%9F%98%80"] {
        let page = open(&house, unknown, "en").await;
        assert!(page.status == 410 && !page.text.contains("<script"), "{}", page.text);
        assert_eq!(press(&house, unknown).await.status, 410);
    }
    assert_eq!(house.stranger().get(PAGE).await.status, 410);
    house.database.clock.advance(TimeDelta::hours(24));
    assert_eq!(open(&house, &token, "en").await.status, 410);
    assert_eq!(press(&house, &token).await.status, 410);
}

/// ASVS 1.5.2, 4.1.1: only a form is a form.
#[actix_web::test]
async fn what_is_no_form_is_refused() {
    let (house, token) = mailed().await;
    let json = format!("{{\"token\":\"{token}\"}}");
    house.stranger().send(Method::POST, PAGE, json).await.problem(415, "unsupported_media_type");
    let reader = house.stranger().with("content-type", "application/x-www-form-urlencoded");
    reader.send(Method::POST, PAGE, "token=a%00b").await.problem(400, "malformed_body");
    reader.send(Method::POST, PAGE, "token=a&token=b").await.problem(400, "malformed_body");
    assert_eq!(house.stranger().send(Method::DELETE, PAGE, "").await.status, 405);
    assert_eq!(press(&house, &token).await.status, 200);
}
