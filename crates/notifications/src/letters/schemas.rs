use audit_log::Audited;
use kernel::Versioned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{content::names, models::Model, write::Source};
use crate::{Language, Topic};

/// Your words for the mails about a topic in a language.
///
/// Both are templates: `{{ title }}` stands for a value, `{{ title|upper }}` for a filtered one (capitalize,
/// default, first, last, length, lower, title, trim, upper), `{% if count == 1 %} … {% else %} … {% endif %}`
/// and `{% for item in items %} … {% endfor %}` do what they say. What else minijinja knows is not there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LetterIn {
    /// The subject; it becomes one line.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500, example = "{{ title }}")]
    pub subject: String,
    /// The text: paragraphs apart by an empty line.
    #[validate(length(min = 1, max = 20_000))]
    #[schema(min_length = 1, max_length = 20_000, example = "Hello,\n\n{{ body }}")]
    pub body: String,
}

/// The words of the mails about a topic in a language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LetterOut {
    /// The topic.
    pub topic: &'static str,
    /// What it is about, in that language.
    pub about: &'static str,
    /// The language's tag.
    pub language: &'static str,
    /// Whose words they are.
    #[schema(inline)]
    pub source: LetterSource,
    /// The subject, a template.
    pub subject: String,
    /// The text, a template.
    pub body: String,
    /// The values that there are. `title` and `body` are the first notification's, as are the topic's own;
    /// `count` is how many there are, `items` are they, of which each has `title`, `body`, `at` and the
    /// topic's own, and `more` how many are too many to be `items`.
    pub variables: Vec<String>,
    /// How often the organization has changed them; their `ETag`.
    pub version: i64,
}

/// Whose words mails have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LetterSource {
    /// Ours.
    Default,
    /// The organization's own.
    Organization,
}

/// Words to try; what is left out is as it is now.
#[derive(Clone, Debug, Default, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewIn {
    /// The subject.
    #[serde(default)]
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    pub subject: Option<String>,
    /// The text.
    #[serde(default)]
    #[validate(length(min = 1, max = 20_000))]
    #[schema(min_length = 1, max_length = 20_000)]
    pub body: Option<String>,
    /// About how many notifications; one unless told.
    #[serde(default)]
    #[validate(range(min = 1, max = 100))]
    #[schema(minimum = 1, maximum = 100)]
    pub count: Option<u8>,
}

/// A mail as it would be read, about made-up notifications.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PreviewOut {
    /// The subject.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
}

impl LetterOut {
    /// An organization's words, else ours.
    pub fn of(topic: &Topic, language: Language, own: Option<&Model>) -> Self {
        let words = own.map_or_else(|| Source::ours(language), Source::from);
        Self {
            topic: topic.key,
            about: topic.wording(language).about,
            language: language.tag(),
            source: own.map_or(LetterSource::Default, |_| LetterSource::Organization),
            subject: words.subject,
            body: words.body,
            variables: names(topic).into_iter().collect(),
            version: own.map_or(0, |row| row.version),
        }
    }
}

impl Versioned for LetterOut {
    fn version(&self) -> i64 {
        self.version
    }
}

/// What the audit log says of a change.
#[derive(Serialize)]
pub struct LetterRecord {
    topic: String,
    language: String,
    subject: String,
    body: String,
}

impl Audited for LetterRecord {}

impl From<&Model> for LetterRecord {
    fn from(row: &Model) -> Self {
        let Model { topic, language, subject, body, .. } = row.clone();
        Self { topic, language, subject, body }
    }
}

impl From<LetterIn> for Source {
    fn from(LetterIn { subject, body }: LetterIn) -> Self {
        Self { subject, body }
    }
}
