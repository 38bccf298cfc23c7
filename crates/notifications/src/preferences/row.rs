//! Preferences' rows, and what counts where somebody has said nothing.
#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use std::collections::BTreeMap;

use kernel::{Global, UserId, Versioned};
use sea_orm::{FromJsonQueryResult, entity::prelude::*};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Quiet;
use crate::{Channel, Topic, Window};

/// What somebody has said about notifications.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notification_preferences")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: UserId,
    /// By the topics' names.
    pub choices: Choices,
    /// When their quiet hours begin, in minutes after midnight where they live.
    pub quiet_from: Option<i32>,
    /// When these end.
    pub quiet_to: Option<i32>,
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl Global for Entity {}

impl Versioned for Model {
    fn version(&self) -> i64 {
        self.version
    }
}

/// What somebody has said, by the topics' names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Choices(pub BTreeMap<String, Choice>);

/// What somebody has said of a topic; nothing where the topic's own way is theirs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_app: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<MailWindow>,
}

/// When a mail goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MailWindow {
    /// At once, each by itself.
    Immediate,
    /// Together with others, at the full hour.
    Hourly,
    /// Together with others, at eight in the morning where its reader lives.
    Daily,
}

impl Model {
    /// Of who has said nothing.
    pub fn silent(user: UserId, now: DateTimeUtc) -> Self {
        Self {
            user_id: user,
            choices: Choices::default(),
            quiet_from: None,
            quiet_to: None,
            version: 0,
            created_at: now,
            updated_at: now,
        }
    }

    /// Whether a topic comes to their inbox.
    pub fn lists(&self, topic: &Topic) -> bool {
        on(topic.in_app, self.choice(topic).in_app)
    }

    /// When a mail about a topic goes out to them; `None` where none does.
    pub fn mails(&self, topic: &Topic) -> Option<MailWindow> {
        on(topic.email, self.choice(topic).email).then(|| self.window(topic))
    }

    /// When it would.
    pub fn window(&self, topic: &Topic) -> MailWindow {
        self.choice(topic).window.unwrap_or(match topic.window {
            Window::Immediate => MailWindow::Immediate,
            Window::Digest => MailWindow::Daily,
        })
    }

    /// Their quiet hours.
    pub fn quiet(&self) -> Option<Quiet> {
        let minutes = |it: Option<i32>| it.and_then(|it| u32::try_from(it).ok());
        Quiet::new(minutes(self.quiet_from)?, minutes(self.quiet_to)?)
    }

    fn choice(&self, topic: &Topic) -> Choice {
        self.choices.0.get(topic.key).copied().unwrap_or_default()
    }
}

fn on(channel: Channel, choice: Option<bool>) -> bool {
    match channel {
        Channel::Never => false,
        Channel::Required => true,
        Channel::Off | Channel::On => choice.unwrap_or(channel.by_default()),
    }
}
