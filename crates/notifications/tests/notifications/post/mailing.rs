//! Each notification in one mail: at once or in a digest, whatever crashes in between.

use chrono::TimeDelta;
use kernel::{
    UserId,
    testing::{App, Mail, MailCatcher},
};
use notifications::PlanMails;
use sea_orm::{ConnectionTrait, DbErr, Statement};
use serde_json::json;
use uuid::Uuid;

use super::{NEWS, PARCEL, notify, notify_in, office, prefer, reader, settle, until};
use crate::{header, tamper, write_to};

/// How often each sender is told of in mails with different Message-IDs.
fn told(mails: &[Mail], sender: &str) -> usize {
    let mut ids: Vec<_> = mails
        .iter()
        .filter(|mail| mail.text.lines().any(|line| line == format!("A parcel from {sender}")))
        .map(|mail| header(mail, "Message-ID").to_owned())
        .collect();
    ids.sort();
    ids.dedup();
    ids.len()
}

async fn notifications_of(app: &App) -> Vec<Uuid> {
    let door = app.database.system();
    let sql = "select id from notifications order by id";
    let rows = Statement::from_sql_and_values(door.view().get_database_backend(), sql, []);
    let rows = door.view().query_all_raw(rows).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

#[actix_web::test]
async fn a_notification_is_mailed_at_once_in_the_words_of_its_topic() {
    let catcher = MailCatcher::start();
    let app = office(&catcher).await;
    let ada = reader(&app, "ada@example.com").await;
    notify(&app, ada.user(), PARCEL, "Zoe & <Co>").await;
    let [mail] = catcher.mails().try_into().unwrap();
    assert_eq!(
        (mail.to.as_str(), mail.subject.as_str()),
        ("ada@example.com", "A parcel from Zoe & <Co>")
    );
    for line in ["A parcel from Zoe & <Co>", "It weighs 250 g."] {
        assert!(mail.text.lines().any(|it| it == line), "{}", mail.text);
    }
    assert!(mail.text.contains("Parcels that have come for you."), "it says why: {}", mail.text);
    assert!(
        mail.html.contains("Zoe &amp; &lt;Co&gt;") && !mail.html.contains("<Co>"),
        "{}",
        mail.html
    );
    assert_eq!(header(&mail, "Auto-Submitted"), "auto-generated");
}

#[actix_web::test]
async fn a_mail_is_written_in_its_readers_language() {
    let catcher = MailCatcher::start();
    let app = office(&catcher).await;
    let ada = reader(&app, "ada@example.com").await;
    write_to(&app, ada.user(), "ada@example.com", "de-AT").await;
    notify(&app, ada.user(), PARCEL, "Zoe").await;
    let mail = catcher.last("ada@example.com");
    assert_eq!(mail.subject, "Ein Paket von Zoe");
    assert!(mail.text.contains("Keine Mails mehr darüber: https://"), "{}", mail.text);
}

#[actix_web::test]
async fn a_digest_gathers_a_day_and_goes_out_in_the_morning() {
    let catcher = MailCatcher::start();
    let app = office(&catcher).await;
    let ada = reader(&app, "ada@example.com").await;
    for sender in ["Zoe", "Bob"] {
        notify(&app, ada.user(), NEWS, sender).await;
        app.database.clock.advance(TimeDelta::hours(1));
    }
    assert!(catcher.mails().is_empty());
    until(&app, "2026-11-21T07:00:00Z").await;
    let [mail] = catcher.mails().try_into().unwrap();
    assert_eq!(mail.subject, "2 notifications: A parcel from Zoe");
    assert_eq!((told(std::slice::from_ref(&mail), "Zoe"), told(&[mail], "Bob")), (1, 1));

    notify(&app, ada.user(), NEWS, "Max").await;
    until(&app, "2026-11-22T07:00:00Z").await;
    let mails = catcher.mails();
    assert_eq!(mails.len(), 2);
    assert_eq!((told(&mails, "Max"), told(&mails, "Bob")), (1, 1));
}

/// What has been read meanwhile, or is wanted no more, is in no mail; where nothing is left there is none.
#[actix_web::test]
async fn a_digest_tells_only_what_is_still_news() {
    let catcher = MailCatcher::start();
    let app = office(&catcher).await;
    let ada = reader(&app, "ada@example.com").await;
    notify(&app, ada.user(), NEWS, "Zoe").await;
    tamper(&app, "update notifications set read_at = created_at").await;
    notify(&app, ada.user(), NEWS, "Bob").await;
    until(&app, "2026-11-21T07:00:00Z").await;
    let [mail] = catcher.mails().try_into().unwrap();
    assert_eq!(mail.subject, "A parcel from Bob");

    notify(&app, ada.user(), NEWS, "Max").await;
    prefer(&ada, json!({ "topics": [{ "topic": "post.news", "email": false }] })).await.ok();
    until(&app, "2026-11-22T07:00:00Z").await;
    assert_eq!(catcher.mails().len(), 1);
}

#[actix_web::test]
async fn organizations_and_topics_have_mails_of_their_own() {
    let catcher = MailCatcher::start();
    let app = office(&catcher).await;
    let ada = reader(&app, "ada@example.com").await;
    let (acme, rival) = (app.member(&[]).organization, app.member(&[]).organization);
    let wanted = json!({ "topics": [{ "topic": "post.parcel", "window": "daily" }] });
    prefer(&ada, wanted).await.ok();
    for (organization, topic, sender) in
        [(acme, NEWS, "Zoe"), (rival, NEWS, "Bob"), (acme, PARCEL, "Max"), (acme, NEWS, "Eve")]
    {
        notify_in(&app, organization, ada.user(), topic, sender).await;
    }
    until(&app, "2026-11-21T07:00:00Z").await;
    let mut subjects: Vec<_> = catcher.mails().into_iter().map(|it| it.subject).collect();
    subjects.sort();
    let expected = ["2 notifications: A parcel from Zoe", "A parcel from Bob", "A parcel from Max"];
    assert_eq!(subjects, expected);
}

/// R14: whatever is done twice – planning, gathering, sending – no notification is in two mails or none.
#[actix_web::test]
async fn what_is_done_again_after_a_crash_mails_each_notification_once() {
    let catcher = MailCatcher::start();
    let app = office(&catcher).await;
    let (ada, bob) = (reader(&app, "ada@example.com").await, reader(&app, "bob@example.com").await);
    for who in [&ada, &bob] {
        for (topic, sender) in [(PARCEL, "Zoe"), (NEWS, "Eve"), (NEWS, "Max")] {
            notify(&app, who.user(), topic, sender).await;
        }
    }
    again(&app).await;
    // Every job that is to come, twice.
    tamper(&app, "create table kept as select * from jobs").await;
    until(&app, "2026-11-21T07:00:00Z").await;
    tamper(&app, "insert into jobs select * from kept").await;
    app.run_jobs().await;
    again(&app).await;
    until(&app, "2026-11-23T07:00:00Z").await;

    let mails = catcher.mails();
    for address in ["ada@example.com", "bob@example.com"] {
        let mine: Vec<_> = mails.iter().filter(|it| it.to == address).cloned().collect();
        for sender in ["Zoe", "Eve", "Max"] {
            assert_eq!(told(&mine, sender), 1, "{address} of {sender}");
        }
        assert_eq!(mine.len(), 2, "{address}");
    }
}

/// Plans mail about everything once more.
async fn again(app: &App) {
    let ids = notifications_of(app).await;
    let queued: Result<_, DbErr> = app
        .database
        .system()
        .run(async |tx| {
            let notifications = ids.iter().map(|id| (*id).into()).collect();
            tx.enqueue(&PlanMails { notifications })
        })
        .await;
    queued.unwrap();
    app.run_jobs().await;
}

/// A worker that dies after the server has taken the mail and before it says so sends the same mail again.
#[actix_web::test]
async fn a_mail_that_is_sent_twice_bears_one_message_id_and_one_text() {
    let catcher = MailCatcher::start();
    let app = office(&catcher).await;
    let ada = reader(&app, "ada@example.com").await;
    catcher.refuse(true);
    notify(&app, ada.user(), PARCEL, "Zoe").await;
    tamper(
        &app,
        "create table kept as select * from jobs where kind = 'notifications.send_digest'",
    )
    .await;
    catcher.refuse(false);
    app.database.clock.advance(TimeDelta::minutes(1));
    app.run_jobs().await;
    tamper(&app, "insert into jobs select * from kept").await;
    app.run_jobs().await;
    let [one, other] = catcher.mails().try_into().unwrap();
    assert_eq!(header(&one, "Message-ID"), header(&other, "Message-ID"));
    assert_eq!(one.subject, other.subject);
}

#[actix_web::test]
async fn who_is_gone_gets_no_mail_and_nothing_waits_for_them() {
    let catcher = MailCatcher::start();
    let app = office(&catcher).await;
    let ada = reader(&app, "ada@example.com").await;
    notify(&app, ada.user(), NEWS, "Zoe").await;
    notify(&app, UserId(Uuid::from_u128(7)), PARCEL, "Bob").await;
    tamper(&app, "delete from recipients").await;
    until(&app, "2026-11-21T07:00:00Z").await;
    settle(&app).await;
    assert!(catcher.mails().is_empty());
    let door = app.database.system();
    let depth = kernel::jobs::depth(door.view()).await.unwrap();
    assert_eq!((depth.waiting, depth.dead), (0, 0));
}
