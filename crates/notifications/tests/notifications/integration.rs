//! What a mail says, and to whom.

use chrono::TimeDelta;
use kernel::UserId;
use sea_orm::DbErr;
use serde_json::json;
use tempfile::TempDir;

use crate::{
    PUBLIC_URL, WELCOME, app, caught, digits, header, payload, queue, queue_to, somebody, tamper,
    waiting, welcome, write_to,
};

#[actix_web::test]
async fn a_mail_has_a_text_and_an_html_part_and_says_that_a_machine_wrote_it() {
    let (app, catcher, user) = caught("en").await;
    welcome(&app, user).await;
    app.run_jobs().await;

    let [mail] = catcher.mails().try_into().unwrap();
    assert_eq!((mail.to.as_str(), mail.subject.as_str()), ("Ada@Example.com", "Welcome, Ada"));
    assert_eq!(header(&mail, "From"), "Groundwork <post@example.org>");
    assert_eq!(header(&mail, "To"), "Ada@Example.com");
    assert_eq!(header(&mail, "Auto-Submitted"), "auto-generated");
    let id = header(&mail, "Message-ID");
    assert!(id.starts_with('<') && id.ends_with("@example.org>"), "{id}");
    assert!(header(&mail, "Content-Type").starts_with("multipart/alternative"), "{}", mail.raw);
    assert!(header(&mail, "Date").ends_with("+0000"), "{}", mail.raw);
    assert_eq!(mail.link(), format!("{PUBLIC_URL}/links/greet?token=t0ken"));
    assert!(mail.text.starts_with("Dear Ada,"), "{}", mail.text);
    assert!(mail.html.contains(">Look around</a>") && mail.html.contains(r#"lang="en""#));
    assert!(waiting(&app).await.is_empty(), "it is done");
}

#[actix_web::test]
async fn a_mail_is_sent_after_commit_and_after_a_roll_back_not_at_all() {
    let (app, catcher, user) = caught("en").await;
    let door = app.database.system();
    for outcome in [Err(DbErr::Custom("no".into())), Ok(())] {
        let _ = door
            .run(async |tx| {
                notifications::mail(tx, user, WELCOME, json!({ "name": "Ada" }))?;
                outcome
            })
            .await;
        assert!(catcher.mails().is_empty(), "no request waits for a mail server");
    }
    app.run_jobs().await;
    assert_eq!(catcher.mails().len(), 1);
}

#[actix_web::test]
async fn to_queue_a_mail_costs_one_statement_of_its_unit_of_work() {
    let (app, _catcher, user) = caught("en").await;
    let before = app.database.statements();
    queue(&app, user, WELCOME, json!({ "name": "Ada" })).await;
    assert_eq!(app.database.statements() - before, 3, "BEGIN, INSERT, COMMIT");
}

#[actix_web::test]
async fn a_mail_is_written_in_the_language_its_reader_has_when_it_is_sent() {
    let (app, catcher, user) = caught("en").await;
    for (locale, subject) in [
        ("de-AT", "Grüß Gott, Ada"),
        ("DE", "Grüß Gott, Ada"),
        ("en-GB", "Welcome, Ada"),
        ("ja", "Welcome, Ada"),
        ("", "Welcome, Ada"),
    ] {
        welcome(&app, user).await;
        write_to(&app, user, "Ada@Example.com", locale).await;
        app.run_jobs().await;
        let mail = catcher.last("Ada@Example.com");
        assert_eq!(mail.subject, subject, "{locale}");
    }
    let german = &catcher.mails()[0];
    assert!(german.text.contains("Schön") && german.html.contains("Schön"), "{}", german.raw);
}

#[actix_web::test]
async fn a_mail_goes_to_the_address_its_reader_has_when_it_is_sent() {
    let (app, catcher, user) = caught("en").await;
    welcome(&app, user).await;
    write_to(&app, user, "ada@new.example.com", "en").await;
    app.run_jobs().await;
    let [mail] = catcher.mails().try_into().unwrap();
    assert_eq!(mail.to, "ada@new.example.com");
}

/// ASVS 1.2.1, 1.3.7: what a person chose is text, and no template.
#[actix_web::test]
async fn values_are_text_in_every_part() {
    const NAME: &str = "<img src=x onerror=alert(1)> {{7*7}} {% raw %} ${7*7} \u{202e}";
    let (app, catcher, user) = caught("en").await;
    queue(&app, user, WELCOME, json!({ "name": NAME, "link": "https://x/?a=1&b=\"><b>" })).await;
    app.run_jobs().await;

    let mail = catcher.last("Ada@Example.com");
    assert!(mail.text.contains(NAME), "{}", mail.text);
    assert!(mail.subject.contains("{{7*7}}"), "{}", mail.subject);
    assert!(mail.html.contains("&lt;img src=x onerror=alert(1)&gt; {{7*7}}"), "{}", mail.html);
    assert!(!mail.html.contains("<img") && !mail.html.contains("<b>"), "{}", mail.html);
}

/// ASVS 1.3.11: no value makes a header, a recipient or the end of a mail.
#[actix_web::test]
async fn values_make_no_header_and_no_second_recipient() {
    const NAME: &str = "Ada\r\nBcc: all@example.com\r\n\r\n.\r\nMAIL FROM:<x@y.z>\r\n";
    let (app, catcher, user) = caught("en").await;
    queue(&app, user, WELCOME, json!({ "name": NAME })).await;
    app.run_jobs().await;

    let [mail] = catcher.mails().try_into().unwrap();
    assert_eq!(mail.subject, "Welcome, Ada Bcc: all@example.com . MAIL FROM:<x@y.z>");
    assert_eq!((header(&mail, "Bcc"), mail.to.as_str()), ("", "Ada@Example.com"));
}

/// ASVS 1.3.11.
#[actix_web::test]
async fn an_address_that_is_none_reaches_no_mail_server() {
    let (app, catcher, _) = caught("en").await;
    for address in ["ada@example.com\r\nBcc: x@y.z", "ada@example.com>, <x@y.z", "ada", ""] {
        let user = somebody(&app, address, "en").await;
        welcome(&app, user).await;
    }
    app.run_jobs().await;
    assert!(catcher.mails().is_empty());
    for job in waiting(&app).await {
        assert!(job.error.contains("address is none"), "{}", job.error);
    }
}

#[actix_web::test]
async fn somebody_without_an_account_is_written_to_in_the_language_that_was_named() {
    let (app, catcher, _) = caught("en").await;
    queue_to(&app, "zoe@example.com", "de-AT", json!({ "name": "Zoe" })).await;
    queue_to(&app, "Ada@Example.com", "fr", json!({ "name": "Ada" })).await;
    assert!(catcher.mails().is_empty(), "no request waits for a mail server");
    app.run_jobs().await;
    assert_eq!(catcher.last("zoe@example.com").subject, "Grüß Gott, Zoe");
    let english = catcher.last("Ada@Example.com");
    assert_eq!(
        (english.subject.as_str(), header(&english, "To")),
        ("Welcome, Ada", "Ada@Example.com")
    );
    assert!(waiting(&app).await.is_empty());
}

/// ASVS 1.3.11.
#[actix_web::test]
async fn what_was_typed_as_an_address_makes_no_second_recipient() {
    let (app, catcher, _) = caught("en").await;
    for address in ["zoe@example.com\r\nBcc: x@y.z", "zoe@example.com>, <x@y.z", "zoe", ""] {
        queue_to(&app, address, "en", json!({ "name": "Zoe" })).await;
    }
    app.run_jobs().await;
    assert!(catcher.mails().is_empty());
    let waiting = waiting(&app).await;
    assert!(waiting.iter().all(|it| it.error.contains("address is none")), "{waiting:?}");
}

#[actix_web::test]
async fn a_mail_to_who_is_gone_is_not_sent_and_done() {
    let (app, catcher, user) = caught("en").await;
    welcome(&app, user).await;
    welcome(&app, UserId(uuid::Uuid::nil())).await;
    tamper(&app, "delete from recipients").await;
    app.run_jobs().await;
    assert!(catcher.mails().is_empty() && waiting(&app).await.is_empty());
}

/// ASVS 14.2.4: links and names in the queue are sealed.
#[actix_web::test]
async fn what_waits_in_the_queue_is_unreadable() {
    let (app, _catcher, user) = caught("en").await;
    welcome(&app, user).await;
    let to_account = payload(&app).await.to_lowercase();
    tamper(&app, "delete from jobs where kind like 'notifications.%'").await;
    queue_to(&app, "zoe@example.com", "en", json!({ "name": "Zoe", "link": "t0ken" })).await;
    let to_mailbox = payload(&app).await.to_lowercase();
    for hidden in ["t0ken", "links", "greeter", "zoe@"] {
        let digits = digits(hidden);
        assert!(!to_account.contains(&digits) && !to_mailbox.contains(&digits), "{hidden}");
    }
}

#[actix_web::test]
async fn the_folder_gets_a_file_a_mail() {
    let folder = TempDir::new().unwrap();
    let place = folder.path().join("deep/mail");
    let app = app(&format!("file:{}", place.display())).await;
    let user = somebody(&app, "ada@example.com", "de").await;
    welcome(&app, user).await;
    app.database.clock.advance(TimeDelta::seconds(1));
    welcome(&app, user).await;
    app.run_jobs().await;

    let files: Vec<_> = std::fs::read_dir(place).unwrap().map(|it| it.unwrap().path()).collect();
    assert_eq!(files.len(), 2);
    for file in files {
        assert_eq!(file.extension().unwrap(), "eml");
        let mail = std::fs::read_to_string(file).unwrap();
        assert!(mail.contains("To: ada@example.com") && mail.contains("links/greet"), "{mail}");
    }
}
