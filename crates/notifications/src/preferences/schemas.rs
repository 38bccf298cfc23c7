use std::collections::BTreeSet;

use audit_log::Audited;
use kernel::{Invalid, Versioned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidationError};

use super::{
    MailWindow, Preferences, Quiet,
    row::{Choice, Choices},
};
use crate::{Channel, Language, Topic};

/// What you want to be notified of. What is not named here is as each topic has it by itself.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreferencesIn {
    /// Topics of which you want something else than they do by themselves.
    #[validate(length(max = 500), nested)]
    #[schema(max_items = 500)]
    pub topics: Vec<ChoiceIn>,
    /// Hours in which you want no mail; `null` for none.
    #[serde(default)]
    #[validate(nested)]
    pub quiet_hours: Option<QuietHours>,
}

/// What you want of a topic.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChoiceIn {
    /// Its name.
    #[validate(length(min = 1, max = 64))]
    #[schema(min_length = 1, max_length = 64, example = "organizations.invited")]
    pub topic: String,
    /// Whether it comes to your inbox.
    #[serde(default)]
    pub in_app: Option<bool>,
    /// Whether it comes by mail.
    #[serde(default)]
    pub email: Option<bool>,
    /// When the mail goes out.
    #[serde(default)]
    pub window: Option<MailWindow>,
}

/// Hours in which no mail goes out, every day and where you live; they may go over midnight. What nobody
/// can do without goes out all the same.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// When they begin.
    #[validate(custom(function = "time"))]
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", max_length = 5, example = "22:00")]
    pub from: String,
    /// When they end.
    #[validate(custom(function = "time"))]
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", max_length = 5, example = "07:00")]
    pub to: String,
}

/// What you are notified of.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PreferencesOut {
    /// Every topic there is.
    pub topics: Vec<TopicOut>,
    /// Hours in which no mail goes out to you.
    #[schema(required = true)]
    pub quiet_hours: Option<QuietHours>,
    /// Where you live, by which these hours are meant, as a name of the IANA time zone database.
    pub time_zone: String,
    /// Whether your mailbox takes mail. Once it has refused some for good, none about notifications is
    /// sent there until you save your preferences, or another address.
    pub mailbox_works: bool,
    /// How often this was changed; its `ETag`.
    pub version: i64,
}

/// A topic, and what you get of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TopicOut {
    /// Its name.
    pub topic: &'static str,
    /// What it is about, in your language.
    pub about: &'static str,
    /// Whether it comes to your inbox.
    pub in_app: ChannelOut,
    /// Whether it comes by mail.
    pub email: ChannelOut,
    /// When the mail goes out.
    pub window: MailWindow,
}

/// Whether a topic uses a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChannelOut {
    /// Whether it does.
    pub enabled: bool,
    /// Whether you can choose.
    pub can_change: bool,
}

impl QuietHours {
    /// As they are kept; `None` where there is nothing between their ends.
    pub fn quiet(&self) -> Option<Quiet> {
        Quiet::new(minutes(&self.from)?, minutes(&self.to)?)
    }

    fn of(row: &Preferences) -> Option<Self> {
        let text = |it: i32| format!("{:02}:{:02}", it / 60, it % 60);
        Some(Self { from: text(row.quiet_from?), to: text(row.quiet_to?) })
    }
}

impl PreferencesIn {
    /// What is chosen here, if each choice can be made of these topics.
    pub fn choices(&self, topics: &[Topic]) -> Result<Choices, Vec<Invalid>> {
        let (mut faults, mut seen, mut choices) = (Vec::new(), BTreeSet::new(), Choices::default());
        for (at, choice) in self.topics.iter().enumerate() {
            let mut fault = |member: &str, code: &str, message: &str| {
                faults.push(Invalid::new(format!("/topics/{at}/{member}"), code, message));
            };
            let Some(topic) = topics.iter().find(|it| it.key == choice.topic) else {
                fault("topic", "unknown_topic", "is no topic that there is");
                continue;
            };
            if !seen.insert(topic.key) {
                fault("topic", "repeated", "is named twice");
            }
            for (member, channel, wanted) in
                [("in_app", topic.in_app, choice.in_app), ("email", topic.email, choice.email)]
            {
                match (channel, wanted) {
                    (Channel::Required, Some(false)) => {
                        fault(member, "required_topic", "cannot be switched off");
                    }
                    (Channel::Never, Some(true)) => {
                        fault(member, "no_such_channel", "is not a way in which this topic comes");
                    }
                    _ => {}
                }
            }
            if topic.email == Channel::Required && choice.window.is_some() {
                fault("window", "required_topic", "cannot wait");
            }
            let ChoiceIn { in_app, email, window, .. } = *choice;
            choices.0.insert(topic.key.to_owned(), Choice { in_app, email, window });
        }
        if self.quiet_hours.as_ref().is_some_and(|hours| hours.quiet().is_none()) {
            faults.push(Invalid::new("/quiet_hours/to", "range", "must be another time than from"));
        }
        if faults.is_empty() { Ok(choices) } else { Err(faults) }
    }
}

impl PreferencesOut {
    /// What somebody is notified of, in their language.
    pub fn of(row: &Preferences, topics: &[Topic], locale: &str, time_zone: String) -> Self {
        let language = Language::of(locale);
        let topic = |topic: &Topic| TopicOut {
            topic: topic.key,
            about: topic.wording(language).about,
            in_app: channel(topic.in_app, row.lists(topic)),
            email: channel(topic.email, row.mails(topic).is_some()),
            window: row.window(topic),
        };
        Self {
            topics: topics.iter().map(topic).collect(),
            quiet_hours: QuietHours::of(row),
            time_zone,
            mailbox_works: true,
            version: row.version,
        }
    }
}

impl Versioned for PreferencesOut {
    fn version(&self) -> i64 {
        self.version
    }
}

/// What the audit log says of a change: what somebody wants to hear of is theirs.
#[derive(Serialize)]
pub struct PreferencesRecord {
    topics: Choices,
    quiet_from: Option<i32>,
    quiet_to: Option<i32>,
}

impl Audited for PreferencesRecord {
    const PERSONAL: &[&str] = &["topics", "quiet_from", "quiet_to"];
}

impl From<&Preferences> for PreferencesRecord {
    fn from(row: &Preferences) -> Self {
        let Preferences { quiet_from, quiet_to, .. } = *row;
        Self { topics: row.choices.clone(), quiet_from, quiet_to }
    }
}

fn channel(channel: Channel, enabled: bool) -> ChannelOut {
    ChannelOut { enabled, can_change: matches!(channel, Channel::Off | Channel::On) }
}

fn time(text: &str) -> Result<(), ValidationError> {
    let wrong = || ValidationError::new("time").with_message("must be a time such as 22:00".into());
    minutes(text).map(|_| ()).ok_or_else(wrong)
}

/// A time of the day, in minutes after midnight.
fn minutes(text: &str) -> Option<u32> {
    let (hour, minute) = text.split_once(':')?;
    let number = |it: &str| (it.len() == 2).then(|| it.parse::<u32>().ok()).flatten();
    let (hour, minute) = (number(hour)?, number(minute)?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}
