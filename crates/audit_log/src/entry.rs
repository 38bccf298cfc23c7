//! What a feature says of a change.

use kernel::UserId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// What stands where a secret has changed.
const REDACTED: &str = "[redacted]";

/// A document whose changes are recorded; the type knows which of its members need care.
pub trait Audited: Serialize {
    /// Members that tell something of a person: kept under that person's own key.
    const PERSONAL: &[&str] = &[];
    /// Members that nobody may read: that they changed is recorded, and nothing else.
    const SECRET: &[&str] = &[];
}

/// A thing that something was done to.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    pub(crate) kind: &'static str,
    pub(crate) id: Uuid,
}

/// How it came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was done.
    Success,
    /// It was refused.
    Denied,
    /// It went wrong.
    Failure,
}

/// One thing that happened, on its way to the log.
#[derive(Debug)]
pub struct Entry {
    pub(crate) action: &'static str,
    pub(crate) target: Target,
    pub(crate) outcome: Outcome,
    pub(crate) person: Option<UserId>,
    pub(crate) by: Option<UserId>,
    pub(crate) changes: Map<String, Value>,
    pub(crate) personal: Map<String, Value>,
}

impl Target {
    /// The thing of this kind, a noun in the singular, and id.
    pub fn new(kind: &'static str, id: impl Into<Uuid>) -> Self {
        Self { kind, id: id.into() }
    }
}

impl Outcome {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Denied => "denied",
            Self::Failure => "failure",
        }
    }
}

impl Entry {
    /// `action` – `thing.done` – was done to `target`.
    pub fn of(action: &'static str, target: Target) -> Self {
        Self {
            action,
            target,
            outcome: Outcome::Success,
            person: None,
            by: None,
            changes: Map::new(),
            personal: Map::new(),
        }
    }

    /// The same, refused or gone wrong.
    #[must_use]
    pub fn with(self, outcome: Outcome) -> Self {
        Self { outcome, ..self }
    }

    /// The person whom it concerns: what is personal is kept under their key.
    #[must_use]
    pub fn about(self, person: UserId) -> Self {
        Self { person: Some(person), ..self }
    }

    /// Who did it, where they proved who they are without being signed in yet.
    #[must_use]
    pub fn by(self, user: UserId) -> Self {
        Self { by: Some(user), ..self }
    }

    /// A fact beside the change, such as a reason code.
    #[must_use]
    pub fn noting(mut self, name: &str, fact: impl Into<Value>) -> Self {
        self.changes.insert(name.to_owned(), fact.into());
        self
    }

    /// What is new.
    #[must_use]
    pub fn created<T: Audited>(self, after: &T) -> Self {
        self.diff::<T>(&Map::new(), &members(after))
    }

    /// What has changed.
    #[must_use]
    pub fn changed<T: Audited>(self, before: &T, after: &T) -> Self {
        self.diff::<T>(&members(before), &members(after))
    }

    fn diff<T: Audited>(mut self, before: &Map<String, Value>, after: &Map<String, Value>) -> Self {
        for (name, to) in after {
            let from = before.get(name).unwrap_or(&Value::Null);
            if from == to {
                continue;
            }
            let name = name.clone();
            if T::SECRET.contains(&name.as_str()) {
                self.changes.insert(name, REDACTED.into());
            } else if T::PERSONAL.contains(&name.as_str()) {
                self.personal.insert(name, json!({ "from": from, "to": to }));
            } else {
                self.changes.insert(name, json!({ "from": from, "to": to }));
            }
        }
        self
    }
}

fn members(document: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(document) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Account {
        name: &'static str,
        status: &'static str,
        password: &'static str,
    }

    impl Audited for Account {
        const PERSONAL: &[&str] = &["name"];
        const SECRET: &[&str] = &["password"];
    }

    /// ASVS 16.2.5: a secret is not in the entry, and what is personal stands apart.
    #[test]
    fn a_change_is_sorted_by_the_care_it_needs() {
        let before = Account { name: "Ada", status: "active", password: "old" };
        let after = Account { name: "Zoe", status: "active", password: "new" };
        let target = Target::new("account", Uuid::nil());
        let entry = Entry::of("account.updated", target).changed(&before, &after);

        assert_eq!(Value::Object(entry.changes), json!({ "password": "[redacted]" }));
        assert_eq!(
            Value::Object(entry.personal),
            json!({ "name": { "from": "Ada", "to": "Zoe" } })
        );
    }
}
