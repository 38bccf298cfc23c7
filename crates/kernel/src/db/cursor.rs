//! Where a page ends: opaque to clients, authenticated, and good for one query only.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use sea_orm::Value;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{keyring::Keyring, problem::Refusal};

const PURPOSE: &str = "cursor";

/// A place between two rows of a sorted list, and which way to go from there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    pub way: Way,
    pub key: Vec<KeyPart>,
}

/// Which way a page lies from its cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Way {
    Next,
    Previous,
}

/// One column's value in a sort key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum KeyPart {
    Integer(i64),
    Text(String),
    Time(DateTime<Utc>),
    Id(Uuid),
}

impl Cursor {
    /// The text a client gets: encrypted and bound to `query`, which says whose list it is, how
    /// filtered and how sorted.
    pub fn write(&self, keyring: &Keyring, query: &str) -> String {
        let plain = serde_json::to_vec(self).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(keyring.seal(PURPOSE, query.as_bytes(), &plain))
    }

    /// Reads it back; what was altered, or belongs to another query, is `invalid_cursor`.
    pub fn read(text: &str, keyring: &Keyring, query: &str) -> Result<Self, Refusal> {
        let read = || {
            let sealed = URL_SAFE_NO_PAD.decode(text).ok()?;
            let plain = keyring.open(PURPOSE, query.as_bytes(), &sealed).ok()?;
            serde_json::from_slice(&plain).ok()
        };
        read().ok_or(Refusal::Malformed("invalid_cursor"))
    }
}

impl KeyPart {
    /// A column's value, where one can sort by it.
    pub fn of(value: Value) -> Option<Self> {
        Some(match value {
            Value::BigInt(Some(number)) => Self::Integer(number),
            Value::Int(Some(number)) => Self::Integer(number.into()),
            Value::String(Some(text)) => Self::Text(text.as_str().to_owned()),
            Value::ChronoDateTimeUtc(Some(time)) => Self::Time(time),
            Value::Uuid(Some(id)) => Self::Id(id),
            _ => return None,
        })
    }
}

impl From<KeyPart> for Value {
    fn from(part: KeyPart) -> Self {
        match part {
            KeyPart::Integer(number) => number.into(),
            KeyPart::Text(text) => text.into(),
            KeyPart::Time(time) => time.into(),
            KeyPart::Id(id) => id.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A18: a cursor that is altered, or of another query, is refused.
    #[test]
    fn a_cursor_is_good_whole_and_for_its_own_query() {
        let keyring = Keyring::parse(&Keyring::generate()).unwrap();
        let cursor = Cursor { way: Way::Next, key: vec![KeyPart::Id(Uuid::nil())] };
        let text = cursor.write(&keyring, "acme products");

        assert_eq!(Cursor::read(&text, &keyring, "acme products").unwrap(), cursor);
        assert!(Cursor::read(&text, &keyring, "rival products").is_err());
        let mut altered = text.into_bytes();
        altered[40] = if altered[40] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(altered).unwrap();
        assert!(Cursor::read(&altered, &keyring, "acme products").is_err());
    }
}
