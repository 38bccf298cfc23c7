//! What people want to be notified of.

use kernel::testing::MailCatcher;
use serde_json::{Value, json};

use super::{
    ALARM, INWARD, MURMUR, NEWS, PARCEL, PREFERENCES, notify, office, prefer, reader, until,
};

fn topic<'a>(shown: &'a Value, key: &str) -> &'a Value {
    let topics = shown["topics"].as_array().unwrap();
    topics.iter().find(|it| it["topic"] == key).unwrap()
}

#[actix_web::test]
async fn who_has_said_nothing_gets_what_each_topic_gives_by_itself() {
    let app = office(&MailCatcher::start()).await;
    let ada = reader(&app, "ada@example.com").await;
    app.stranger().get(PREFERENCES).await.problem(401, "not_authenticated");
    let answer = ada.get(PREFERENCES).await;
    assert_eq!(answer.header("etag"), "\"0\"");
    let shown = answer.ok();
    assert_eq!(
        *topic(&shown, "post.parcel"),
        json!({
            "topic": "post.parcel", "about": "Parcels that have come for you.",
            "in_app": { "enabled": true, "can_change": true },
            "email": { "enabled": true, "can_change": true }, "window": "immediate",
        })
    );
    let email = |key| topic(&shown, key)["email"].clone();
    assert_eq!(email("post.alarm"), json!({ "enabled": true, "can_change": false }));
    assert_eq!(email("post.murmur"), json!({ "enabled": false, "can_change": true }));
    assert_eq!(email("post.inward"), json!({ "enabled": false, "can_change": false }));
    assert_eq!(topic(&shown, "post.news")["window"], "daily");
    assert_eq!(
        (&shown["quiet_hours"], &shown["time_zone"], &shown["mailbox_works"]),
        (&Value::Null, &json!("Europe/Vienna"), &json!(true))
    );
}

#[actix_web::test]
async fn what_somebody_wants_counts_from_the_next_notification_and_is_recorded() {
    let catcher = MailCatcher::start();
    let app = office(&catcher).await;
    let ada = reader(&app, "ada@example.com").await;
    let wanted = json!({ "topics": [
        { "topic": "post.parcel", "email": false },
        { "topic": "post.murmur", "email": true, "in_app": false },
    ] });
    let answer = prefer(&ada, wanted).await;
    assert_eq!(answer.header("etag"), "\"1\"");
    let shown = answer.ok();
    assert_eq!(topic(&shown, "post.murmur")["in_app"]["enabled"], false);

    notify(&app, ada.user(), PARCEL, "Zoe").await;
    notify(&app, ada.user(), MURMUR, "Bob").await;
    notify(&app, ada.user(), INWARD, "Eve").await;
    let [mail] = catcher.mails().try_into().unwrap();
    assert_eq!(mail.subject, "A parcel from Bob");
    let inbox = ada.get("/api/v1/notifications").await.ok();
    let listed: Vec<_> = inbox["items"].as_array().unwrap().iter().map(|it| &it["topic"]).collect();
    assert_eq!(listed, ["post.inward", "post.parcel"], "what is not listed is mailed all the same");
    let bob = reader(&app, "bob@example.com").await;
    notify(&app, bob.user(), MURMUR, "Max").await;
    let inbox = bob.get("/api/v1/notifications").await.ok();
    assert_eq!(inbox["items"].as_array().unwrap().len(), 1, "others get what they got");

    let log = app.staff(&["audit_log:read"]);
    let path = "/api/v1/audit-log?action=notification_preferences.updated";
    let entries = log.get(path).await.ok();
    assert_eq!(entries["items"].as_array().unwrap().len(), 1);

    prefer(&ada, json!({ "topics": [] })).await.ok();
    notify(&app, ada.user(), PARCEL, "Max").await;
    assert_eq!(catcher.mails().len(), 2, "what is not named is as it was at first");
}

#[actix_web::test]
async fn what_nobody_can_do_without_cannot_be_switched_off() {
    let app = office(&MailCatcher::start()).await;
    let ada = reader(&app, "ada@example.com").await;
    for (wanted, pointer, code) in [
        (json!({ "topic": "post.alarm", "email": false }), "/topics/0/email", "required_topic"),
        (json!({ "topic": "post.alarm", "in_app": false }), "/topics/0/in_app", "required_topic"),
        (json!({ "topic": "post.alarm", "window": "daily" }), "/topics/0/window", "required_topic"),
        (json!({ "topic": "post.inward", "email": true }), "/topics/0/email", "no_such_channel"),
        (json!({ "topic": "post.nothing" }), "/topics/0/topic", "unknown_topic"),
    ] {
        let answer = prefer(&ada, json!({ "topics": [wanted] })).await;
        let problem = answer.problem(422, "validation_failed");
        assert_eq!(
            (&problem["errors"][0]["pointer"], &problem["errors"][0]["code"]),
            (&json!(pointer), &json!(code))
        );
    }
    let parcel = json!({ "topic": "post.parcel", "email": false });
    let twice = prefer(&ada, json!({ "topics": [parcel, parcel] })).await;
    assert_eq!(twice.problem(422, "validation_failed")["errors"][0]["code"], "repeated");
    prefer(&ada, json!({ "topics": [{ "topic": "post.alarm", "email": true }] })).await.ok();
    assert_eq!(ada.get(PREFERENCES).await.ok()["version"], 1, "nothing else was kept");
}

#[actix_web::test]
async fn hours_are_read_strictly() {
    let app = office(&MailCatcher::start()).await;
    let ada = reader(&app, "ada@example.com").await;
    for (from, to) in
        [("24:00", "07:00"), ("7:00", "8:00"), ("22:00", "22:60"), ("22", "7"), ("08:00", "08:00")]
    {
        let wanted = json!({ "topics": [], "quiet_hours": { "from": from, "to": to } });
        prefer(&ada, wanted).await.problem(422, "validation_failed");
    }
    let wanted = json!({ "topics": [], "quiet_hours": { "from": "22:30", "to": "07:05" } });
    assert_eq!(prefer(&ada, wanted.clone()).await.ok()["quiet_hours"], wanted["quiet_hours"]);
}

/// A17: who means another version changes nothing.
#[actix_web::test]
async fn a_change_of_another_version_is_refused() {
    let app = office(&MailCatcher::start()).await;
    let ada = reader(&app, "ada@example.com").await;
    let nothing = json!({ "topics": [] });
    prefer(&ada.with("if-match", "\"0\""), nothing.clone()).await.ok();
    prefer(&ada.with("if-match", "\"0\""), nothing.clone()).await.problem(412, "stale_version");
    prefer(&ada.with("if-match", "\"1\""), nothing).await.ok();
}

#[actix_web::test]
async fn mail_keeps_quiet_in_the_hours_of_its_reader_but_for_what_cannot_wait() {
    let catcher = MailCatcher::start();
    let app = office(&catcher).await;
    let ada = reader(&app, "ada@example.com").await;
    // It is one o'clock in Vienna.
    let quiet = json!({ "topics": [], "quiet_hours": { "from": "12:00", "to": "14:30" } });
    prefer(&ada, quiet).await.ok();
    notify(&app, ada.user(), PARCEL, "Zoe").await;
    notify(&app, ada.user(), PARCEL, "Bob").await;
    notify(&app, ada.user(), ALARM, "Fire").await;
    let [alarm] = catcher.mails().try_into().unwrap();
    assert_eq!(alarm.subject, "A parcel from Fire");

    until(&app, "2026-11-20T13:29:59Z").await;
    assert_eq!(catcher.mails().len(), 1);
    until(&app, "2026-11-20T13:30:00Z").await;
    let [_, parcels] = catcher.mails().try_into().unwrap();
    assert_eq!(
        parcels.subject, "2 notifications: A parcel from Zoe",
        "what has waited comes at once"
    );
}

#[actix_web::test]
async fn a_digest_may_be_wanted_of_what_comes_at_once_by_itself() {
    let catcher = MailCatcher::start();
    let app = office(&catcher).await;
    let ada = reader(&app, "ada@example.com").await;
    let wanted = json!({ "topics": [
        { "topic": "post.parcel", "window": "hourly" }, { "topic": "post.news", "window": "immediate" },
    ] });
    prefer(&ada, wanted).await.ok();
    notify(&app, ada.user(), PARCEL, "Zoe").await;
    notify(&app, ada.user(), NEWS, "Bob").await;
    assert_eq!(catcher.mails().len(), 1);
    until(&app, "2026-11-20T13:00:00Z").await;
    assert_eq!(catcher.last("ada@example.com").subject, "A parcel from Zoe");
}
