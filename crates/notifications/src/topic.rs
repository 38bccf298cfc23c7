//! What people are notified of: each kind of it is declared by the feature that knows of it.

use std::collections::BTreeSet;

use kernel::{Door, Kind, Problem, View};

use crate::Language;

/// A kind of notification, which people may have preferences about. A feature declares its own with
/// `.declare(TOPICS)` and sends one with [`notify`](crate::notify).
#[derive(Clone, Copy, Debug)]
pub struct Topic {
    /// Its name, `feature.what`, at most 64 characters; it outlives releases.
    pub key: &'static str,
    /// What it is about, in English.
    pub english: Wording,
    /// What it is about, in German.
    pub german: Wording,
    /// Whether it comes to the inbox.
    pub in_app: Channel,
    /// Whether it comes by mail.
    pub email: Channel,
    /// When the mail goes out.
    pub window: Window,
    /// Whose words it has.
    pub words: Words,
}

/// A topic in one language.
#[derive(Clone, Copy, Debug)]
pub struct Wording {
    /// What it is about, a sentence for those who set their preferences.
    pub about: &'static str,
    /// What a notification of it says in a line: a minijinja template of the values that it is sent with.
    pub title: &'static str,
    /// What else it says, a template too; may be empty.
    pub body: &'static str,
}

/// Whether a topic uses a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// Never.
    Never,
    /// Unless somebody wants it, no.
    Off,
    /// Unless somebody does not want it, yes.
    On,
    /// Always: nobody can do without it.
    Required,
}

/// When a mail about a topic goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// At once.
    Immediate,
    /// Together with others, in the next digest.
    Digest,
}

/// Whose words a notification has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// The topic's.
    Ours,
    /// Those of whoever sends it; an organization may send it to its members.
    Theirs,
}

impl Topic {
    /// What it says in a language.
    pub fn wording(&self, language: Language) -> &Wording {
        match language {
            Language::English => &self.english,
            Language::German => &self.german,
        }
    }

    /// The declared topic of this name.
    pub fn named(view: &View, key: &str) -> Option<Self> {
        view.declared::<Self>().iter().find(|it| it.key == key).copied()
    }
}

impl Channel {
    /// Whether it is used by who has said nothing.
    pub fn by_default(self) -> bool {
        matches!(self, Self::On | Self::Required)
    }
}

/// Before the first request: no topic hides another, and each has a name that fits.
pub async fn check(door: &Door<View>) -> Result<(), Problem> {
    let mut seen = BTreeSet::new();
    for Topic { key, .. } in door.view().declared() {
        let fits = key.len() <= 64 && key.split('.').filter(|it| !it.is_empty()).count() == 2;
        if !fits || !seen.insert(*key) {
            let detail =
                format!("the topic {key} is declared twice, or is not called feature.what");
            return Err(Problem::new(Kind::Internal, detail));
        }
    }
    Ok(())
}
