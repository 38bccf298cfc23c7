//! Mail servers that say no, for now or for good (R10).

use chrono::TimeDelta;
use kernel::testing::{App, MailCatcher};
use serde_json::json;

use super::{PARCEL, PREFERENCES, notify, office, prefer, reader};
use crate::{welcome, write_to};

async fn depth(app: &App) -> (i64, i64) {
    let depth = kernel::jobs::depth(app.database.system().view()).await.unwrap();
    (depth.waiting, depth.dead)
}

async fn much_later(app: &App) {
    for _ in 0..5 {
        app.database.clock.advance(TimeDelta::hours(2));
        app.run_jobs().await;
    }
}

#[actix_web::test]
async fn a_mailbox_that_is_not_there_is_left_alone_until_its_reader_says_otherwise() {
    let catcher = MailCatcher::start();
    let app = office(&catcher).await;
    let ada = reader(&app, "ada@example.com").await;
    catcher.answer("ada@example.com", "550 5.1.1 no such user");
    notify(&app, ada.user(), PARCEL, "Zoe").await;
    assert_eq!(depth(&app).await, (0, 0), "it is tried once");
    assert_eq!(ada.get(PREFERENCES).await.ok()["mailbox_works"], false);

    catcher.answer("ada@example.com", "250 ok");
    notify(&app, ada.user(), PARCEL, "Bob").await;
    assert!(catcher.mails().is_empty(), "nothing is sent there any more");
    assert_eq!(prefer(&ada, json!({ "topics": [] })).await.ok()["mailbox_works"], true);
    notify(&app, ada.user(), PARCEL, "Max").await;
    assert_eq!(catcher.mails().len(), 1);
}

#[actix_web::test]
async fn another_address_is_another_mailbox_and_a_month_is_long_enough() {
    let catcher = MailCatcher::start();
    let app = office(&catcher).await;
    let (ada, bob) = (reader(&app, "ada@example.com").await, reader(&app, "bob@example.com").await);
    for (who, address) in [(&ada, "ada@example.com"), (&bob, "bob@example.com")] {
        catcher.answer(address, "550 no such user");
        notify(&app, who.user(), PARCEL, "Zoe").await;
    }
    write_to(&app, ada.user(), "ada@new.example.com", "en").await;
    notify(&app, ada.user(), PARCEL, "Max").await;
    assert_eq!(catcher.last("ada@new.example.com").subject, "A parcel from Max");

    catcher.answer("bob@example.com", "250 ok");
    app.database.clock.advance(TimeDelta::days(31));
    notify(&app, bob.user(), PARCEL, "Eve").await;
    assert_eq!(catcher.last("bob@example.com").subject, "A parcel from Eve");
}

#[actix_web::test]
async fn a_mail_that_would_be_refused_again_is_dead_at_once_and_its_reader_not_marked() {
    let catcher = MailCatcher::start();
    let app = office(&catcher).await;
    let ada = reader(&app, "ada@example.com").await;
    catcher.answer("ada@example.com", "554 5.7.1 that looks like spam");
    notify(&app, ada.user(), PARCEL, "Zoe").await;
    assert_eq!(depth(&app).await, (0, 1), "somebody may look, and retry it");
    assert_eq!(ada.get(PREFERENCES).await.ok()["mailbox_works"], true);
}

#[actix_web::test]
async fn what_is_refused_for_now_is_tried_again_and_holds_up_no_other() {
    let catcher = MailCatcher::start();
    let app = office(&catcher).await;
    let (ada, bob) = (reader(&app, "ada@example.com").await, reader(&app, "bob@example.com").await);
    catcher.answer("ada@example.com", "451 4.2.1 come back later");
    for _ in 0..3 {
        notify(&app, ada.user(), PARCEL, "Zoe").await;
        notify(&app, bob.user(), PARCEL, "Zoe").await;
    }
    assert_eq!((catcher.mails().len(), depth(&app).await), (3, (3, 0)));
    catcher.answer("ada@example.com", "250 ok");
    much_later(&app).await;
    assert_eq!((catcher.mails().len(), depth(&app).await), (6, (0, 0)));
}

/// A link that somebody waits for is not held back, but neither is it tried thirty times.
#[actix_web::test]
async fn a_mailed_link_to_a_mailbox_that_is_not_there_is_dead_at_once() {
    let catcher = MailCatcher::start();
    let app = office(&catcher).await;
    let ada = reader(&app, "ada@example.com").await;
    catcher.answer("ada@example.com", "550 5.1.1 no such user");
    welcome_known(&app, &ada).await;
    assert_eq!(depth(&app).await, (0, 1));
    assert_eq!(ada.get(PREFERENCES).await.ok()["mailbox_works"], false);
    catcher.answer("ada@example.com", "250 ok");
    welcome_known(&app, &ada).await;
    assert_eq!(catcher.mails().len(), 1, "a mark holds back notifications only");
}

async fn welcome_known(app: &App, who: &kernel::testing::Actor<'_>) {
    welcome(app, who.user()).await;
    app.run_jobs().await;
}
