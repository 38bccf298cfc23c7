//! Registering: one answer for everybody, and one account a mailbox.

use futures_util::future::join_all;
use kernel::testing::Answer;
use serde_json::{Value, json};

use crate::{ADA, House, PASSWORD, house};

const REGISTER: &str = "/api/v1/auth/register";

fn somebody(email: &str) -> Value {
    json!({ "email": email, "password": PASSWORD, "name": "Ada" })
}

async fn register(house: &House, body: &Value) -> Answer {
    house.stranger().post(REGISTER, body.clone()).await
}

/// ASVS 6.3.8, A12.
#[actix_web::test]
async fn a_known_address_is_answered_like_an_unknown_one_and_its_owner_is_told() {
    let house = house().await;
    house.verified(ADA).await;
    let before = house.rows("select * from users").await.len();
    let answers = [
        register(&house, &somebody(ADA)).await,
        register(&house, &somebody("new@example.com")).await,
    ];
    for answer in &answers {
        assert_eq!((answer.status, answer.text.as_str()), (202, ""));
        assert_eq!(answer.header("cache-control"), answers[0].header("cache-control"));
    }
    house.run_jobs().await;
    assert_eq!(house.rows("select * from users").await.len() - before, 1);
    assert_eq!(house.subjects(ADA)[1], "You already have an account");
    assert_eq!(house.subjects("new@example.com"), ["Confirm your mail address"]);
    house.login(ADA, PASSWORD).await.ok();
}

#[actix_web::test]
async fn two_registrations_of_one_address_at_once_make_one_account_and_two_links() {
    let house = house().await;
    let ada = somebody(ADA);
    let answers = join_all([register(&house, &ada), register(&house, &ada)]).await;
    assert!(answers.iter().all(|it| it.status == 202), "{answers:?}");
    house.run_jobs().await;
    assert_eq!(house.count("select count(*) from users").await, 1);
    assert_eq!(house.subjects(ADA).len(), 2);
}

/// ASVS 6.2.1, 6.2.9, 6.2.11.
#[actix_web::test]
async fn a_password_that_is_too_short_too_long_or_ones_own_address_is_refused() {
    let house = house().await;
    let long = "a".repeat(1025);
    for (password, code) in [
        ("fourteen chars", "length"),
        (long.as_str(), "length"),
        ("ADA.lovelace.1815@example.com", "own_name"),
        ("ada.lovelace.1815", "own_name"),
    ] {
        let mut body = somebody("ada.lovelace.1815@example.com");
        body["password"] = password.into();
        let problem = register(&house, &body).await.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], "/password", "{problem}");
        assert_eq!(problem["errors"][0]["code"], code, "{problem}");
        assert!(!problem.to_string().contains(password), "{problem}");
    }
    assert_eq!(house.count("select count(*) from users").await, 0);
}

/// ASVS 6.2.5, 6.2.8, 6.2.9: any characters, and each of them counts; however they were composed.
#[actix_web::test]
async fn a_password_of_any_characters_and_of_a_thousand_bytes_is_taken_as_it_is() {
    let house = house().await;
    let long = format!("{}z", "🔑".repeat(255));
    let decomposed = "Zoe\u{308} loves long passwords";
    for (email, password) in [("a@example.com", long.as_str()), ("b@example.com", decomposed)] {
        house.register(email, password).await;
        house.confirm(house.mail.last(email).token()).await.no_content();
        house.login(email, password).await.ok();
    }
    let cut = format!("{}y", "🔑".repeat(255));
    house.login("a@example.com", &cut).await.problem(401, "invalid_credentials");
    house.login("b@example.com", "Zo\u{eb} loves long passwords").await.ok();
    house.login("b@example.com", " Zo\u{eb} loves long passwords").await.of(401);
}

/// A6, ASVS 15.3.3: nobody registers themselves as more than they are.
#[actix_web::test]
async fn a_member_that_is_not_theirs_to_set_is_refused() {
    let house = house().await;
    for member in [
        "id",
        "email_verified",
        "email_verified_at",
        "status",
        "role",
        "roles",
        "permissions",
        "is_admin",
        "created_at",
        "version",
        "password_hash",
        "time_zone",
    ] {
        let mut body = somebody(ADA);
        body[member] = json!(true);
        let problem = register(&house, &body).await.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], format!("/{member}"), "{problem}");
    }
    let twice = format!("{{\"email\":\"{ADA}\",\"email\":\"b@example.com\"}}");
    let twice = house.stranger().send(actix_web::http::Method::POST, REGISTER, twice).await;
    twice.problem(400, "malformed_body");
    assert_eq!(house.count("select count(*) from users").await, 0);
}

/// A19.
#[actix_web::test]
async fn however_an_address_is_written_it_is_one_account() {
    let house = house().await;
    house.verified(ADA).await;
    for written in ["ADA@example.com", "Ada@EXAMPLE.com", "ada@ｅxample.com"] {
        house.register(written, "another long password").await;
        house.login(written, PASSWORD).await.ok();
        house.login(written, "another long password").await.problem(401, "invalid_credentials");
    }
    assert_eq!(house.count("select count(*) from users").await, 1);
    assert!(house.mail.mails().iter().all(|mail| mail.to == ADA), "mail goes where it was proved");
    register(&house, &somebody("ada@exаmple.com")).await.accepted(); // a Cyrillic letter
    house.run_jobs().await;
    assert_eq!(house.count("select count(*) from users").await, 2);
}

/// ASVS 1.3.11, 2.2.1: what could become a header of a mail, or no mail can be sent to.
#[actix_web::test]
async fn line_breaks_and_what_is_no_address_are_refused() {
    let house = house().await;
    for (member, value) in [
        ("email", "ada@example.com\r\nBcc: all@example.com"),
        ("email", "ada@example.com\nBcc: all@example.com"),
        ("email", "ada"),
        ("email", "ada@127.0.0.1"),
        ("name", "Ada\r\nBcc: all@example.com"),
        ("name", "Ada\nBcc: all@example.com"),
        ("name", "  "),
        ("name", ""),
        ("locale", "en_US.UTF-8"),
    ] {
        let mut body = somebody(ADA);
        body[member] = value.into();
        let problem = register(&house, &body).await.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], format!("/{member}"), "{problem}");
    }
    house.run_jobs().await;
    assert!(house.mail.mails().is_empty());
}

/// ASVS 1.2.1: nobody has us mail their words to somebody else.
#[actix_web::test]
async fn a_mail_holds_nothing_that_the_registrant_chose() {
    let house = house().await;
    let mut body = somebody(ADA);
    body["name"] = "WIN A PRIZE https://evil.test {{11111*11111}}".into();
    for _ in 0..2 {
        register(&house, &body).await.accepted();
        house.run_jobs().await;
    }
    house.confirm_with(house.mail.last(ADA).token(), PASSWORD).await.no_content();
    register(&house, &body).await.accepted();
    house.run_jobs().await;
    assert_eq!(house.mail.mails().len(), 3);
    for mail in house.mail.mails() {
        assert!(!mail.raw.contains("PRIZE") && !mail.raw.contains("evil"), "{}", mail.raw);
        assert!(!mail.html.contains("123454321"), "{}", mail.html);
    }
}

/// A9: the link is ours, whoever the request says we are.
#[actix_web::test]
async fn a_link_begins_with_the_public_url_whatever_host_says() {
    let house = house().await;
    let liar = house
        .stranger()
        .with("host", "evil.test")
        .with("x-forwarded-host", "evil.test")
        .with("x-forwarded-proto", "http")
        .with("forwarded", "host=evil.test;proto=http")
        .with("x-original-url", "https://evil.test/");
    liar.post(REGISTER, somebody(ADA)).await.accepted();
    house.run_jobs().await;
    liar.post("/api/v1/auth/verify-email/resend", json!({ "email": ADA })).await.accepted();
    house.run_jobs().await;
    assert_eq!(house.mail.mails().len(), 2);
    for mail in house.mail.mails() {
        assert!(mail.link().starts_with("https://groundwork.test/links/verify-email?token="));
        assert!(!mail.raw.contains("evil"), "{}", mail.raw);
    }
}

#[actix_web::test]
async fn a_mail_is_written_in_the_language_that_was_asked_for() {
    let house = house().await;
    let mut body = somebody(ADA);
    body["locale"] = "de-AT".into();
    register(&house, &body).await.accepted();
    house.run_jobs().await;
    assert_eq!(house.subjects(ADA), ["Bestätige deine Mailadresse"]);
}

/// ASVS 16.3.1.
#[actix_web::test]
async fn each_registration_leaves_its_entry() {
    let house = house().await;
    house.register(ADA, PASSWORD).await;
    house.register(ADA, PASSWORD).await;
    assert_eq!(house.audited("user.registered").await.len(), 1);
    assert_eq!(house.audited("user.created").await.len(), 1);
    assert_eq!(house.audited("user.registered_again").await.len(), 1);
    let asked = house.audited("registration.requested").await;
    assert_eq!(
        (asked.len(), asked[0].0.as_str(), asked[0].1.as_str()),
        (2, "success", "anonymous")
    );
}
