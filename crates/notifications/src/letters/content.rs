//! What a letter has to tell.

use std::collections::BTreeSet;

use chrono_tz::Tz;
use minijinja::Environment;
use serde_json::{Map, Value, json};

use crate::{Language, Recipient, Topic, Words, models::notification};

/// How many notifications a letter tells of; how many more there are it says.
const MOST: usize = 50;

/// What every letter may speak of.
const NAMES: [&str; 5] = ["title", "body", "items", "count", "more"];

/// What every item may tell.
const OF_ITEMS: [&str; 3] = ["title", "body", "at"];

/// The values of one letter.
pub struct Content(pub Value);

impl Content {
    /// What these notifications say to somebody, in their language and time.
    pub fn of(topic: &Topic, rows: &[notification::Model], to: &Recipient) -> Self {
        let zone: Tz = to.time_zone.parse().unwrap_or_default();
        let item = |row: &notification::Model| {
            let text = row.texts.read_in(&to.locale);
            let at = row.created_at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string();
            item(topic, &row.data, &text.title, &text.body, &at)
        };
        Self::made_of(rows.iter().take(MOST).map(item).collect(), rows.len())
    }

    /// What so many notifications of a topic might say.
    pub fn sample(topic: &Topic, language: Language, count: usize) -> Self {
        let values: Map<String, Value> = variables(topic)
            .into_iter()
            .map(|name| (name.clone(), format!("‹{name}›").into()))
            .collect();
        let values = Value::Object(values);
        let (title, body) = match (topic.words, language) {
            (Words::Theirs, Language::English) => {
                ("A title".to_owned(), "What it says.".to_owned())
            }
            (Words::Theirs, Language::German) => {
                ("Ein Titel".to_owned(), "Was da steht.".to_owned())
            }
            (Words::Ours, language) => {
                let wording = topic.wording(language);
                let written = |source| {
                    let value = minijinja::value::Serde(&values);
                    Environment::new().render_str(source, value).unwrap_or_default()
                };
                (written(wording.title), written(wording.body))
            }
        };
        let item = item(topic, &values, &title, &body, "2026-11-20 12:00");
        Self::made_of(vec![item; count.min(MOST)], count)
    }

    fn made_of(items: Vec<Value>, count: usize) -> Self {
        let mut values = items.first().and_then(Value::as_object).cloned().unwrap_or_default();
        values.remove("at");
        values.insert("count".into(), json!(count));
        values.insert("more".into(), json!(count.saturating_sub(items.len())));
        values.insert("items".into(), items.into());
        Self(Value::Object(values))
    }
}

fn item(topic: &Topic, data: &Value, title: &str, body: &str, at: &str) -> Value {
    let declared = variables(topic);
    let mut values = data.as_object().cloned().unwrap_or_default();
    values.retain(|name, _| declared.contains(name));
    for (name, value) in OF_ITEMS.iter().zip([title, body, at]) {
        values.insert((*name).to_owned(), value.into());
    }
    Value::Object(values)
}

/// What letters about a topic may speak of.
pub fn names(topic: &Topic) -> BTreeSet<String> {
    let always = NAMES.iter().map(|it| (*it).to_owned());
    always.chain(variables(topic)).collect()
}

/// The values that the topic's own words speak of: with these it is declared.
fn variables(topic: &Topic) -> BTreeSet<String> {
    let reading = Environment::new();
    let mut all = BTreeSet::new();
    if topic.words == Words::Ours {
        for wording in [topic.english, topic.german] {
            for source in [wording.title, wording.body] {
                if let Ok(template) = reading.template_from_str(source) {
                    all.extend(template.undeclared_variables(false));
                }
            }
        }
    }
    all.retain(|name| !NAMES.contains(&name.as_str()) && name != "at");
    all
}
