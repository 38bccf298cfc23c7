//! Notifications: who can be written to, and the mails that are written to them.
//!
//! A feature declares what it notifies people of as [`Topic`]s and does so with [`notify`]: a row of
//! the same transaction, which is in the inbox, counted and pushed a moment after its COMMIT.
//!
//! A feature declares its mails as [`Mail`]s and sends one with [`mail`]: a job of the same
//! transaction, tried again until the mail server takes it. [`mail_to`] writes to an address that
//! may have no account. The small pages behind mailed links look like the mails and are rendered
//! here too.
//!
//! # Layout
//!
//! - `topic`, `notice`: what people are notified of, and what one notification says
//! - `router`, `schemas`: one's own inbox, and listening to it
//! - `service`: recipients, and queueing mail; `service::notify`: notifying somebody;
//!   `service::deliver`: giving it its place; `service::inbox`: reading and marking; `service::listen`:
//!   hearing of it; `service::people`: what is held on them; `service::purge`: what nobody needs any more
//! - `hub`: who listens on this replica
//! - `template`: mails in the reader's language, as text and as HTML
//! - `transport`: to a folder or over SMTP
//! - `job`: one mail on its way; `envelope`: what a mail server is handed
//! - `preferences`: what people want to be notified of, by which way, and when not
//! - `mailing`: mail about notifications: planned, gathered, sent once, and ended with one click
//! - `letters`: what such mail says, in our words or in an organization's own
//! - `page`: the pages behind links
//! - `demo`: a page that shows the live inbox, in development
//! - `language`: which languages there are
//! - `models`: rows and the queries on them

mod demo;
mod envelope;
mod errors;
mod hub;
mod job;
mod language;
mod letters;
mod mailing;
mod models;
mod notice;
mod page;
mod preferences;
mod router;
mod schemas;
mod service;
mod template;
mod topic;
mod transport;

pub use errors::Error;
pub use language::Language;
pub use letters::{
    LetterIn, LetterOut, PERMISSIONS, PreviewIn, PreviewOut, Templates,
    forget as forget_organization,
};
pub use mailing::PlanMails;
pub use models::Recipient;
pub use notice::Notice;
pub use page::{LinkField, LinkForm, LinkPage, Writing};
pub use preferences::{PreferencesIn, PreferencesOut};
pub use service::{link, mail, mail_to, notify, people::forget, recipient};
pub use template::Mail;
pub use topic::{Channel, Topic, Window, Wording, Words};

use std::time::Duration;

use kernel::{Env, Feature, Origins};

/// The feature, for the server's list.
pub fn feature(env: &Env) -> Feature {
    let notifications = Feature::new("notifications")
        .state(service::Notifications::read(env))
        .state(Origins::read(env))
        .routes("/notifications/preferences", preferences::routes)
        .organization_routes("/notifications/templates", letters::routes)
        .routes("/notifications", router::routes)
        .permissions(PERMISSIONS)
        .exports("notification_preferences", preferences::export)
        .job::<job::SendMail>()
        .job::<PlanMails>()
        .job::<mailing::TakeItems>()
        .job::<mailing::SendDigest>()
        .duty::<service::Deliver>()
        .every::<mailing::PurgeItems>(Duration::from_hours(1))
        .every::<service::PurgeNotifications>(Duration::from_hours(1))
        .pages(mailing::unsubscribe::routes)
        .exports("recipients", service::people::recipient)
        .exports("notifications", service::people::notifications)
        .exports("mail_bounces", service::people::bounces)
        .prepare(topic::check)
        .pages(page::routes);
    if env.is_production() { notifications } else { notifications.pages(demo::routes) }
}
