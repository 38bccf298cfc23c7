//! Ending mail with one click (RFC 2369, RFC 8058).

use kernel::testing::{Actor, Answer, App, Mail, MailCatcher};
use serde_json::{Value, json};

use super::{ALARM, PARCEL, PREFERENCES, notify, office, prefer, reader};
use crate::{PUBLIC_URL, header, write_to};

const FORM: &str = "application/x-www-form-urlencoded";
const CLICK: &str = "List-Unsubscribe=One-Click";

/// The mail's link, as a path of this server.
fn path(mail: &Mail) -> String {
    let link = header(mail, "List-Unsubscribe");
    let link = link.strip_prefix('<').unwrap().strip_suffix('>').unwrap();
    let path = link.strip_prefix(PUBLIC_URL).unwrap_or_else(|| unreachable!("{link}"));
    format!("/{path}")
}

fn token(mail: &Mail) -> String {
    path(mail).split_once("token=").unwrap().1.to_owned()
}

async fn post(app: &App, path: &str, media_type: &str, body: &str) -> Answer {
    let stranger = app.stranger().with("content-type", media_type);
    stranger.send("POST".parse().unwrap(), path, body.to_owned()).await
}

/// Whether parcels come by mail.
async fn mailed(who: &Actor<'_>) -> bool {
    let shown = who.get(PREFERENCES).await.ok();
    let topics = shown.get("topics").and_then(Value::as_array).unwrap();
    let parcel = topics.iter().find(|it| it.get("topic") == Some(&json!("post.parcel")));
    parcel.unwrap().pointer("/email/enabled") == Some(&json!(true))
}

async fn one_mail(app: &App, catcher: &MailCatcher, who: &Actor<'_>) -> Mail {
    notify(app, who.user(), PARCEL, "Zoe").await;
    catcher.last("ada@example.com")
}

/// RFC 8058, section 3: the mail program posts to the address of the header, and nobody signs in.
#[actix_web::test]
async fn a_mail_program_ends_mail_of_its_kind_with_one_click() {
    let boundary = "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n";
    for (media_type, body) in [(FORM, CLICK), ("multipart/form-data; boundary=x", boundary)] {
        let catcher = MailCatcher::start();
        let app = office(&catcher).await;
        let ada = reader(&app, "ada@example.com").await;
        let mail = one_mail(&app, &catcher, &ada).await;
        assert_eq!(header(&mail, "List-Unsubscribe-Post"), CLICK);
        let answer = post(&app, &path(&mail), media_type, body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert!(!mailed(&ada).await);
        notify(&app, ada.user(), PARCEL, "Bob").await;
        assert_eq!(catcher.mails().len(), 1);
        let again = post(&app, &path(&mail), media_type, body).await;
        assert_eq!(again.status, 200, "twice is once");
    }
}

/// A10: scanners open every link of a mail.
#[actix_web::test]
async fn the_page_behind_the_link_ends_nothing_until_its_button_is_pressed() {
    let catcher = MailCatcher::start();
    let app = office(&catcher).await;
    let ada = reader(&app, "ada@example.com").await;
    let mail = one_mail(&app, &catcher, &ada).await;
    for _ in 0..2 {
        let page = app.stranger().get(&path(&mail)).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("Parcels that have come for you."), "{}", page.text);
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("cache-control"), "no-store");
    }
    post(&app, &path(&mail), FORM, "").await.problem(400, "malformed_body");
    assert!(mailed(&ada).await);

    let pressed = post(&app, "//links/unsubscribe", FORM, &format!("token={}", token(&mail))).await;
    assert_eq!(pressed.status, 200, "{}", pressed.text);
    assert!(!mailed(&ada).await);
    let log = app.staff(&["audit_log:read"]);
    let path = "/api/v1/audit-log?action=notification_preferences.updated";
    let entries = log.get(path).await.ok();
    assert_eq!(entries["items"][0]["actor"]["id"], json!(ada.user()), "whose link it was");
}

#[actix_web::test]
async fn a_link_that_was_altered_or_is_anothers_by_now_ends_nothing() {
    let catcher = MailCatcher::start();
    let app = office(&catcher).await;
    let ada = reader(&app, "ada@example.com").await;
    let mail = one_mail(&app, &catcher, &ada).await;
    let token = token(&mail);
    let end = if token.ends_with('A') { "B" } else { "A" };
    let altered = format!("{}{end}", &token[..token.len() - 1]);
    for wrong in ["", "x", "../..", altered.as_str()] {
        let path = format!("//links/unsubscribe?token={wrong}");
        assert_eq!(app.stranger().get(&path).await.status, 410, "{wrong}");
    }
    assert_eq!(
        post(&app, &format!("//links/unsubscribe?token={altered}"), FORM, CLICK).await.status,
        410
    );
    write_to(&app, ada.user(), "ada@new.example.com", "en").await;
    assert_eq!(post(&app, &path(&mail), FORM, CLICK).await.status, 410, "who has the old address");
    assert!(mailed(&ada).await);
    for hidden in [ada.user().to_string(), "ada@".into(), "parcel".into()] {
        assert!(!token.contains(&hidden), "a token tells nothing: {token}");
    }
}

#[actix_web::test]
async fn what_nobody_can_do_without_has_no_such_link() {
    let catcher = MailCatcher::start();
    let app = office(&catcher).await;
    let ada = reader(&app, "ada@example.com").await;
    notify(&app, ada.user(), ALARM, "Fire").await;
    let mail = catcher.last("ada@example.com");
    assert_eq!(
        (header(&mail, "List-Unsubscribe"), header(&mail, "List-Unsubscribe-Post")),
        ("", "")
    );
    assert!(!mail.text.contains("unsubscribe"), "{}", mail.text);
}

/// What else somebody has chosen of the topic stays.
#[actix_web::test]
async fn a_click_changes_nothing_but_the_mail_of_one_topic() {
    let catcher = MailCatcher::start();
    let app = office(&catcher).await;
    let ada = reader(&app, "ada@example.com").await;
    let wanted = json!({
        "topics": [{ "topic": "post.news", "in_app": false }, { "topic": "post.parcel", "in_app": true }],
        "quiet_hours": { "from": "01:00", "to": "02:00" },
    });
    let before = prefer(&ada, wanted).await.ok();
    let mail = one_mail(&app, &catcher, &ada).await;
    post(&app, &path(&mail), FORM, CLICK).await;
    let after = ada.get(PREFERENCES).await.ok();
    assert_eq!((&after["quiet_hours"], &after["version"]), (&before["quiet_hours"], &json!(2)));
    let changed = |one: &Value, two: &Value| {
        let (one, two) = (one["topics"].as_array().unwrap(), two["topics"].as_array().unwrap());
        one.iter().zip(two).filter(|(one, two)| one != two).count()
    };
    assert_eq!(changed(&before, &after), 1);
}
