//! What a notification says, written when it is sent: a later release may not know its topic.

use std::collections::BTreeMap;

use minijinja::{Environment, value::Serde};
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Error, Language, Topic, topic::Words};

/// How long a title may be, in characters.
pub const TITLE: usize = 200;

/// How long a body may be, in characters.
pub const BODY: usize = 4000;

/// What one notification is about.
#[derive(Clone, Debug)]
pub struct Notice {
    pub(crate) values: Value,
    pub(crate) dedupe_key: String,
}

/// A notification's text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// What it says in a line.
    pub title: String,
    /// What else it says; may be empty.
    pub body: String,
}

/// The text in every language it was written in, by the language's tag; by an empty one where nobody
/// knows which it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Texts(BTreeMap<String, Text>);

impl Notice {
    /// A notice in the topic's words, with the values that they speak of. Whoever is notified reads the
    /// values too: they are the notification's `data`.
    pub fn of(values: Value) -> Self {
        Self { values, dedupe_key: String::new() }
    }

    /// A notice in the sender's own words, of a topic of [`Words::Theirs`].
    pub fn saying(title: &str, body: &str) -> Self {
        Self::of(json!({ "title": title, "body": body }))
    }

    /// Nobody gets it twice in an organization under one topic and this key, of at most 200 characters.
    #[must_use]
    pub fn once(self, key: impl Into<String>) -> Self {
        Self { dedupe_key: key.into(), ..self }
    }

    /// What it says, in every language its topic speaks.
    pub(crate) fn texts(&self, topic: &Topic) -> Result<Texts, Error> {
        let mut templates = Environment::new();
        templates.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        let write = |source: &str| templates.render_str(source, Serde(&self.values));
        let text = |tag: &str, title: &str, body: &str| {
            let title = write(title)?.split_whitespace().collect::<Vec<_>>().join(" ");
            let text = Text { title: cut(&title, TITLE), body: cut(write(body)?.trim(), BODY) };
            Ok::<_, Error>((tag.to_owned(), text))
        };
        let texts = match topic.words {
            Words::Theirs => vec![text("", "{{ title }}", "{{ body }}")],
            Words::Ours => Language::ALL
                .map(|it| text(it.tag(), topic.wording(it).title, topic.wording(it).body))
                .into(),
        };
        Ok(Texts(texts.into_iter().collect::<Result<_, _>>()?))
    }

    /// What programs read of it: what is said in words only is no value.
    pub(crate) fn data(self, topic: &Topic) -> Value {
        match topic.words {
            Words::Ours => self.values,
            Words::Theirs => json!({}),
        }
    }
}

impl Texts {
    /// The text for a reader of this locale.
    pub fn read_in(&self, locale: &str) -> Text {
        let read = self.0.get(Language::of(locale).tag()).or_else(|| self.0.values().next());
        read.cloned().unwrap_or_else(|| Text { title: String::new(), body: String::new() })
    }
}

/// At most so many characters of a text.
fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most - 1).chain(['…']).collect(),
    }
}
