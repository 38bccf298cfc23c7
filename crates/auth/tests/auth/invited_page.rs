//! The page behind an invitation's link: looking changes nothing, a button does (A10).

use actix_web::http::Method;
use kernel::testing::Answer;
use serde_json::json;

use crate::{
    PASSWORD, house_with,
    invited::{Inviting, ZOE, inviting, inviting_from},
};

const PAGE: &str = "//links/invitation";

async fn open(it: &Inviting, language: &str) -> Answer {
    let reader = it.house.stranger().with("accept-language", language);
    reader.get(&format!("{PAGE}?token={}", it.token)).await
}

async fn press(it: &Inviting, path: &str, form: &[(&str, &str)], language: &str) -> Answer {
    let pairs: Vec<String> =
        form.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let reader = it.house.stranger().with("accept-language", language);
    let reader = reader.with("content-type", "application/x-www-form-urlencoded");
    reader.send(Method::POST, path, pairs.join("&")).await
}

fn encoded(value: &str) -> String {
    value.bytes().fold(String::new(), |all, byte| format!("{all}%{byte:02x}"))
}

async fn fill_in(it: &Inviting, name: &str, password: &str, language: &str) -> Answer {
    let form = [("token", it.token.as_str()), ("name", name), ("password", password)];
    press(it, PAGE, &form, language).await
}

#[actix_web::test]
async fn whoever_has_no_account_makes_one_on_the_page_and_joins() {
    let it = inviting().await;
    let link = it.house.mail.last(ZOE).link().to_owned();
    let page =
        it.house.stranger().get(&format!("/{}", link.strip_prefix(crate::PUBLIC).unwrap())).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let text = page.text.replace("&#x2f;", "/");
    for part in [
        "“Ada” invites zoe@example.com to join the organization “Acme”",
        "Roles: member",
        "<form method=\"post\" action=\"/links/invitation\">",
        "<form method=\"post\" action=\"/links/invitation/decline\">",
        "At least 15 characters.",
        &format!("name=\"token\" value=\"{}\"", it.token),
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let done = fill_in(&it, "Zoe", PASSWORD, "en").await;
    assert!(done.status == 200 && done.text.contains("You belong to “Acme” now"), "{}", done.text);
    assert_eq!(
        it.house.count("select count(*) from sessions").await,
        1,
        "nobody is signed in by a page"
    );
    let tokens = crate::Tokens::of(&it.house.login(ZOE, PASSWORD).await.ok());
    it.house.bearer(&tokens.access).get(&it.place).await.ok();
    assert_eq!(open(&it, "en").await.status, 410);
    assert_eq!(fill_in(&it, "Zoe", PASSWORD, "en").await.status, 410);
}

/// Scanners of mail open every link, some of them twice and with HEAD.
#[actix_web::test]
async fn looking_at_the_page_never_answers_the_invitation() {
    let it = inviting().await;
    for method in [Method::HEAD, Method::GET, Method::HEAD, Method::GET] {
        let path = format!("{PAGE}?token={}", it.token);
        assert_eq!(it.house.stranger().send(method, &path, "").await.status, 200);
    }
    let path = format!("{PAGE}/decline?token={}", it.token);
    assert_eq!(it.house.stranger().get(&path).await.status, 405);
    assert_eq!(fill_in(&it, "Zoe", PASSWORD, "en").await.status, 200);
}

/// WCAG 3.3.1, ASVS 14.2.1: what is wrong stands beside it, in the reader's language, and the
/// password does not come back.
#[actix_web::test]
async fn a_form_that_is_not_filled_in_well_comes_back_with_what_is_wrong() {
    let it = inviting().await;
    let long = "p".repeat(1025);
    let own = "zoe the reader of it";
    for (name, password, language, told) in [
        ("Zoe", "short words", "en", "This password is too short: take at least 15 characters."),
        ("Zoe", "short words", "de-AT", "Dieses Passwort ist zu kurz: Nimm mindestens 15 Zeichen."),
        ("", PASSWORD, "en", "Enter your name, in one line of at most 200 characters."),
        ("  ", PASSWORD, "de", "Gib deinen Namen ein"),
        ("Zoe", long.as_str(), "en", "This password is too long"),
        (own, own, "en", "This password says little more than your name or address"),
    ] {
        let page = fill_in(&it, name, password, language).await;
        assert!(page.status == 422 && page.text.contains(told), "{told} in {}", page.text);
        assert!(page.text.contains("aria-invalid=\"true\""));
        assert!(password == own || !page.text.contains(password), "{}", page.text);
        assert!(page.text.contains(&format!("value=\"{name}\"")), "what was typed stays");
    }
    let bare = press(&it, PAGE, &[("token", &it.token)], "en").await;
    assert_eq!(bare.status, 422, "{}", bare.text);
    assert_eq!(it.members().await, 1);
    assert_eq!(fill_in(&it, "Zoe", PASSWORD, "de").await.status, 200);
    assert_eq!(it.house.count("select count(*) from users where locale = 'de'").await, 1);
}

/// The address is the invitation's, whatever the form says; members of other forms count nothing.
#[actix_web::test]
async fn the_page_registers_the_invited_address_and_no_other() {
    let it = inviting().await;
    let form = [
        ("token", it.token.as_str()),
        ("name", "Zoe"),
        ("password", PASSWORD),
        ("email", "eve@example.com"),
        ("roles", "owner"),
    ];
    assert_eq!(press(&it, PAGE, &form, "en").await.status, 200);
    it.house.login(ZOE, PASSWORD).await.ok();
    it.house.login("eve@example.com", PASSWORD).await.problem(401, "invalid_credentials");
}

#[actix_web::test]
async fn whoever_has_an_account_is_sent_to_sign_in_and_may_decline() {
    let it = inviting().await;
    it.house.verified(ZOE).await;
    let page = open(&it, "en").await;
    assert!(page.status == 200 && page.text.contains("Sign in with it"), "{}", page.text);
    assert!(!page.text.contains("type=\"password\""), "{}", page.text);
    let forced = fill_in(&it, "Eve", "another long password", "en").await;
    assert!(forced.status == 409 && forced.text.contains("Sign in with it"), "{}", forced.text);
    it.house.login(ZOE, PASSWORD).await.ok();
    assert_eq!(it.members().await, 1);

    let no = press(&it, "//links/invitation/decline", &[("token", &it.token)], "de").await;
    assert!(no.status == 200 && no.text.contains("Du hast abgelehnt"), "{}", no.text);
    let again = press(&it, "//links/invitation/decline", &[("token", &it.token)], "en").await;
    assert!(again.status == 410 && again.text.contains("This invitation is over"));
    assert_eq!(open(&it, "en").await.status, 410);
}

#[actix_web::test]
async fn a_dead_link_opens_a_page_that_says_so() {
    let it = inviting().await;
    it.revoke().await;
    let page = open(&it, "de").await;
    assert!(page.status == 410 && page.text.contains("Diese Einladung gilt nicht mehr"));
    for unknown in ["", "?token=", "?token=x", "?token=%22%3E%3Cscript%3E"] {
        let page = it.house.stranger().get(&format!("{PAGE}{unknown}")).await;
        assert!(page.status == 410 && !page.text.contains("<script"), "{}", page.text);
    }
    assert_eq!(fill_in(&it, "Zoe", PASSWORD, "en").await.status, 410);
}

#[actix_web::test]
async fn where_there_is_no_seat_the_page_says_so_and_the_link_stays_good() {
    let it = inviting_from(house_with(&[("ORGANIZATIONS_SEATS", "2")]).await).await;
    let taken = "insert into memberships select one, organization_id, one, 1, created_at, created_at from (select id as one, organization_id, created_at from invitations) seats";
    it.house.sql(taken).await;
    let full = fill_in(&it, "Zoe", PASSWORD, "en").await;
    assert!(full.status == 409 && full.text.contains("The organization is full"), "{}", full.text);
    it.house.sql("delete from memberships where id in (select id from invitations)").await;
    assert_eq!(fill_in(&it, "Zoe", PASSWORD, "en").await.status, 200);
}

#[actix_web::test]
async fn whatever_else_is_refused_is_told_on_a_page_in_the_readers_language() {
    let it = inviting().await;
    let body = json!({ "email": ZOE, "password": PASSWORD, "name": "Zoe" });
    it.house.stranger().post("/api/v1/auth/register", body).await.accepted();
    it.house.run_jobs().await;
    it.house
        .sql("update users set status = 'disabled' where email_canonical = 'zoe@example.com'")
        .await;
    for (language, told) in [("en", "You cannot join like this"), ("de", "So kannst du nicht")] {
        let page = fill_in(&it, "Zoe", PASSWORD, language).await;
        assert!(page.status == 403 && page.text.contains(told), "{}", page.text);
    }
    assert_eq!(it.members().await, 1);
}

/// ASVS 1.2.1, 3.4.3–3.4.6, 14.3.2: what people chose is text, and nothing gets in or out.
#[actix_web::test]
async fn the_page_shows_names_as_text_and_lets_nothing_in_and_nothing_out() {
    let it = inviting().await;
    it.house.sql("update organizations set name = '\"><script>alert(1)</script>{{7*7}}'").await;
    it.house.sql("update users set name = '<img src=x onerror=alert(1)>'").await;
    let form =
        [("token", it.token.as_str()), ("name", "\"><script>x</script>"), ("password", "short")];
    for page in [open(&it, "en").await, press(&it, PAGE, &form, "en").await] {
        assert!(!page.text.contains("<script") && !page.text.contains("<img"), "{}", page.text);
        assert!(page.text.contains("{{7*7}}"), "{}", page.text);
        let policy = page.header("content-security-policy");
        for part in ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part) && !policy.contains("unsafe"), "{policy}");
        }
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("cache-control"), "no-store");
    }
}

/// ASVS 1.5.2, 4.1.1.
#[actix_web::test]
async fn what_is_no_form_is_refused() {
    let it = inviting().await;
    let body = json!({ "token": it.token }).to_string();
    for path in [PAGE, "//links/invitation/decline"] {
        let sent = it.house.stranger().send(Method::POST, path, body.clone()).await;
        sent.problem(415, "unsupported_media_type");
    }
    let twice = [("token", it.token.as_str()), ("token", "x")];
    press(&it, PAGE, &twice, "en").await.problem(400, "malformed_body");
    assert_eq!(open(&it, "en").await.status, 200);
}
