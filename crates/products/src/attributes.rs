//! What else an organization notes of a product: a JSON object of its own making, within bounds.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};
use validator::ValidationError;

/// The names and values.
pub type Attributes = Map<String, Value>;

/// The most bytes it may have as JSON.
const SIZE: usize = 16 * 1024;

/// How deep it may go; the object itself is the first level.
const DEPTH: usize = 5;

/// How many characters a name may have.
const NAME: usize = 64;

/// How many values it may hold, at all levels together.
const VALUES: usize = 1_000;

/// Between what sizes a number is that is not 0: beyond them PostgreSQL writes out every digit of it.
const NUMBERS: RangeInclusive<f64> = 1e-15..=1e15;

/// The rule of a product's attributes.
pub fn valid_attributes(attributes: &Attributes) -> Result<(), ValidationError> {
    let fault = |message: &'static str| {
        Err(ValidationError::new("attributes").with_message(message.into()))
    };
    if serde_json::to_string(attributes).map_or(0, |it| it.len()) > SIZE {
        return fault("must have at most 16 KiB as JSON");
    }
    if attributes.values().map(count).sum::<usize>() > VALUES {
        return fault("must have at most 1000 values");
    }
    if !attributes.values().all(is_writable) {
        return fault("must have numbers of 15 digits before and after the point at the most");
    }
    if depth(attributes.values()) > DEPTH {
        return fault("must be at most 5 levels deep");
    }
    if !attributes.iter().all(|(name, value)| is_named(name) && are_named(value)) {
        return fault("must have names of 1 to 64 characters");
    }
    Ok(())
}

/// The texts in it, for the index of words.
pub fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(members) => members.values().flat_map(texts).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

fn count(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(count).sum::<usize>(),
        Value::Object(members) => 1 + members.values().map(count).sum::<usize>(),
        _ => 1,
    }
}

fn is_writable(value: &Value) -> bool {
    match value {
        Value::Number(number) => {
            let size = number.as_f64().unwrap_or(f64::INFINITY).abs();
            size == 0.0 || NUMBERS.contains(&size)
        }
        Value::Array(items) => items.iter().all(is_writable),
        Value::Object(members) => members.values().all(is_writable),
        _ => true,
    }
}

fn depth<'a>(below: impl Iterator<Item = &'a Value>) -> usize {
    let each = below.map(|value| match value {
        Value::Array(items) => depth(items.iter()),
        Value::Object(members) => depth(members.values()),
        _ => 0,
    });
    1 + each.max().unwrap_or_default()
}

fn is_named(name: &str) -> bool {
    (1..=NAME).contains(&name.chars().count())
}

fn are_named(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().all(are_named),
        Value::Object(members) => members.iter().all(|(name, it)| is_named(name) && are_named(it)),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn good(value: Value) -> bool {
        let Value::Object(attributes) = value else { return false };
        valid_attributes(&attributes).is_ok()
    }

    #[test]
    fn attributes_are_bounded_in_size_depth_and_names() {
        assert!(good(json!({})));
        assert!(good(
            json!({ "colour": "red", "sizes": [1, 2.5, null], "a": { "b": [{ "c": 1 }] } })
        ));
        assert!(!good(json!({ "a": { "b": [{ "c": [[1]] }] } })), "six levels");
        assert!(!good(json!({ "": 1 })));
        assert!(good(json!({ "a": [0, -0.5, 1e15, -123_456_789] })));
        assert!(!good(json!({ "a": [1e16] })) && !good(json!({ "a": { "b": 1e-300 } })));
        assert!(good(json!({ "a": vec![0; 999] })) && !good(json!({ "a": vec![0; 1000] })));
        assert!(!good(json!({ "a": [{ "n".repeat(65): 1 }] })));
        assert!(good(json!({ "text": "x".repeat(16_000) })));
        assert!(!good(json!({ "text": "x".repeat(16_400) })));
    }

    #[test]
    fn every_text_is_found() {
        let value = json!({ "a": "one", "b": [2, "three", { "c": "four" }] });
        assert_eq!(texts(&value), ["one", "three", "four"]);
    }
}
