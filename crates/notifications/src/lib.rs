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
//! - `service`: recipients, and queueing mail; `service::notify`: notifying somebody
//! - `template`: mails in the reader's language, as text and as HTML
//! - `transport`: to a folder or over SMTP
//! - `job`: one mail on its way
//! - `page`: the pages behind links
//! - `language`: which languages there are
//! - `models`: rows and the queries on them

mod errors;
mod job;
mod language;
mod models;
mod notice;
mod page;
mod service;
mod template;
mod topic;
mod transport;

pub use errors::Error;
pub use language::Language;
pub use models::Recipient;
pub use notice::Notice;
pub use page::{LinkField, LinkForm, LinkPage, Writing};
pub use service::{link, mail, mail_to, notify, recipient};
pub use template::Mail;
pub use topic::{Channel, Topic, Window, Wording, Words};

use kernel::{Env, Feature};

/// The feature, for the server's list.
pub fn feature(env: &Env) -> Feature {
    Feature::new("notifications")
        .state(service::Notifications::read(env))
        .job::<job::SendMail>()
        .prepare(topic::check)
        .pages(page::routes)
}
