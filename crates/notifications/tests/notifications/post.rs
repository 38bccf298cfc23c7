//! Mail about notifications, with a feature of the tests that has something to tell.

mod letters;
mod mailing;
mod preferences;
mod refusals;
mod unsubscribe;

use actix_web::http::Method;
use chrono::{DateTime, Utc};
use kernel::{
    Env, Feature, OrganizationId, UserId,
    testing::{Actor, Answer, App, MailCatcher},
};
use notifications::{Channel, Notice, Topic, Window, Wording, Words};
use serde_json::{Value, json};

use crate::{MAILS, PUBLIC_URL, write_to};

const PREFERENCES: &str = "/api/v1/notifications/preferences";

const PLAIN: Topic = Topic {
    key: "post.parcel",
    english: Wording {
        about: "Parcels that have come for you.",
        title: "A parcel from {{ sender }}",
        body: "It weighs {{ weight }} g.",
    },
    german: Wording {
        about: "Pakete, die für dich gekommen sind.",
        title: "Ein Paket von {{ sender }}",
        body: "Es wiegt {{ weight }} g.",
    },
    in_app: Channel::On,
    email: Channel::On,
    window: Window::Immediate,
    words: Words::Ours,
};

static TOPICS: [Topic; 5] = [
    PLAIN,
    Topic { key: "post.news", window: Window::Digest, ..PLAIN },
    Topic { key: "post.alarm", in_app: Channel::Required, email: Channel::Required, ..PLAIN },
    Topic { key: "post.murmur", email: Channel::Off, ..PLAIN },
    Topic { key: "post.inward", email: Channel::Never, words: Words::Theirs, ..PLAIN },
];

static PARCEL: &Topic = &TOPICS[0];
static NEWS: &Topic = &TOPICS[1];
static ALARM: &Topic = &TOPICS[2];
static MURMUR: &Topic = &TOPICS[3];
static INWARD: &Topic = &TOPICS[4];

/// The post office, with mail going to `catcher`.
async fn office(catcher: &MailCatcher) -> App {
    let url = catcher.url();
    let env = Env::of([
        ("MAIL_URL", url.as_str()),
        ("MAIL_FROM", "Groundwork <post@example.org>"),
        ("PUBLIC_URL", PUBLIC_URL),
    ]);
    let post = Feature::new("post").declare(&TOPICS).declare(&MAILS);
    let app = App::of(vec![audit_log::feature(), notifications::feature(&env), post]).await;
    app.run_jobs().await; // what is due at the first start
    app
}

/// Somebody who reads English in Vienna.
async fn reader<'a>(app: &'a App, address: &str) -> Actor<'a> {
    let somebody = app.staff(&[]);
    write_to(app, somebody.user(), address, "en").await;
    somebody
}

fn from(sender: &str) -> Notice {
    Notice::of(json!({ "sender": sender, "weight": 250 }))
}

async fn notify(app: &App, to: UserId, topic: &'static Topic, sender: &str) {
    let door = app.database.system();
    door.run(async |tx| notifications::notify(tx, to, topic, from(sender))).await.unwrap();
    settle(app).await;
}

async fn notify_in(
    app: &App,
    organization: OrganizationId,
    to: UserId,
    topic: &'static Topic,
    sender: &str,
) {
    let door = app.member_of(organization, &[]).door();
    door.run(async |tx| notifications::notify(tx, to, topic, from(sender))).await.unwrap();
    settle(app).await;
}

/// What was notified is delivered, and what is due goes out.
async fn settle(app: &App) {
    app.run_duties().await;
    app.run_jobs().await;
}

async fn prefer(who: &Actor<'_>, wanted: Value) -> Answer {
    who.send(Method::PUT, PREFERENCES, wanted.to_string()).await
}

/// Lets time pass until then, and does what is due.
async fn until(app: &App, then: &str) {
    let then: DateTime<Utc> = then.parse().unwrap();
    app.database.clock.advance(then - app.database.clock().now());
    app.run_jobs().await;
}
