//! JSON as strictly as it can be read: one meaning, and text that every store and screen can hold.
//!
//! Keys given twice are refused (ASVS 1.5.3), text is brought to NFC and may hold no control
//! characters but tab and line feed (ASVS 1.3.3; PostgreSQL cannot store NUL). What does not fit is
//! told by its place and never by its value.

mod strict;

use serde::de::{DeserializeOwned, DeserializeSeed};
use serde_json::Value;
use serde_path_to_error::{Path, Segment};
use unicode_normalization::UnicodeNormalization;

use self::strict::Strict;
use super::shape::Shaped;
use crate::problem::{Invalid, Kind, Problem, Refusal};

/// How many faults of text are told of one body.
const MOST_FAULTS: usize = 100;

/// How many characters of a place are told.
const LONGEST_POINTER: usize = 512;

/// Reads a body as strict JSON; 400 where it is not JSON, 422 where its text is not clean.
pub(super) fn read(body: &[u8]) -> Result<Value, Problem> {
    cleaned(parse(body)?)
}

/// Reads a body as strict JSON, its text as it is; 400 where it is not JSON.
pub(super) fn parse(body: &[u8]) -> Result<Value, Problem> {
    let malformed = |error: &serde_json::Error| {
        let place =
            format!("The body is not JSON at line {}, column {}.", error.line(), error.column());
        Problem::new(Kind::Malformed("malformed_body"), place)
    };
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = Strict.deserialize(&mut json).map_err(|error| malformed(&error))?;
    json.end().map_err(|error| malformed(&error))?;
    Ok(value)
}

/// The value with its text in NFC; 422 where that is not clean.
pub(super) fn cleaned(mut value: Value) -> Result<Value, Problem> {
    let mut faults = Vec::new();
    clean(&mut value, &mut String::new(), &mut faults);
    if faults.is_empty() { Ok(value) } else { Err(Kind::Invalid(faults).into()) }
}

/// The value as a `T`; what does not fit is a fault of its place.
pub(super) fn fit<T: DeserializeOwned>(value: Value) -> Result<T, Refusal> {
    serde_path_to_error::deserialize(Shaped(value))
        .map_err(|error| Refusal::Invalid(vec![misfit(error.path(), &error.inner().to_string())]))
}

/// Whether text holds no control characters but tab and line feed.
pub(super) fn is_clean(text: &str) -> bool {
    !text.chars().any(|it| it.is_control() && !matches!(it, '\t' | '\n'))
}

/// Brings all text to NFC and collects the places of text that may not be, as long as they are few: each
/// tells its place, and a small body has room for many deep ones (A6).
fn clean(value: &mut Value, at: &mut String, faults: &mut Vec<Invalid>) {
    if faults.len() >= MOST_FAULTS {
        return;
    }
    match value {
        Value::String(text) => {
            if !is_clean(text) {
                faults.push(unclean(at, "holds a control character"));
            }
            if !text.is_ascii() {
                *text = text.nfc().collect();
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                below(at, &index.to_string(), |at| clean(item, at, faults));
            }
        }
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                below(at, name, |at| {
                    if !is_clean(name) {
                        faults.push(unclean(at, "has a name with a control character"));
                    }
                    clean(member, at, faults);
                });
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn unclean(at: &str, message: &str) -> Invalid {
    let pointer: String = at.chars().take(LONGEST_POINTER).collect();
    Invalid::new(pointer, "control_character", message)
}

fn below(at: &mut String, name: &str, then: impl FnOnce(&mut String)) {
    let length = at.len();
    at.push_str(&segment(name));
    then(at);
    at.truncate(length);
}

/// One step of a JSON Pointer (RFC 6901).
fn segment(name: &str) -> String {
    let name: String = name.chars().filter(|it| !it.is_control()).take(64).collect();
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// serde's own words are not passed on, for they repeat what was sent.
fn misfit(path: &Path, told: &str) -> Invalid {
    let segments = path.iter().filter_map(|it| match it {
        Segment::Map { key } => Some(segment(key)),
        Segment::Seq { index } => Some(segment(&index.to_string())),
        Segment::Enum { .. } | Segment::Unknown => None,
    });
    let pointer: String = segments.collect();
    let named = || told.split('`').nth(1).map(segment).unwrap_or_default();
    if told.starts_with("missing field") {
        return Invalid::new(pointer + &named(), "required", "is missing");
    }
    if told.starts_with("unknown field") {
        let named = named();
        let pointer = if pointer.ends_with(&named) { pointer } else { pointer + &named };
        return Invalid::new(pointer, "unknown_field", "is not known here");
    }
    if told.starts_with("unknown variant") {
        return Invalid::new(pointer, "unknown_value", "is none of the values this can have");
    }
    // The last, for what was sent stands before it and may hold these words too.
    let expected = told.rsplit_once(", expected ").map_or("another type", |(_, expected)| expected);
    let expected = expected.split(" at line").next().unwrap_or(expected);
    let id = told.starts_with("UUID parsing failed");
    Invalid::new(
        pointer,
        "type",
        format!("must be {}", if id { "an id" } else { plainly(expected) }),
    )
}

/// What serde expects, in words that are not Rust's.
fn plainly(expected: &str) -> &str {
    match expected {
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number",
        "f32" | "f64" => "a number",
        "a boolean" => "true or false",
        "a string" | "a borrowed string" | "a character" => "text",
        "a sequence" => "a list",
        "a map" => "an object",
        "unit" => "null",
        _ if expected.starts_with("struct ") => "an object",
        _ if expected.contains("enum ") => "one of the values this can have",
        _ => expected,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read into")]
    struct Thing {
        name: String,
        count: Option<u8>,
        parts: Option<Vec<Thing>>,
    }

    fn first(body: &str) -> Invalid {
        let Refusal::Invalid(faults) = fit::<Thing>(read(body.as_bytes()).unwrap()).unwrap_err()
        else {
            panic!("another refusal")
        };
        faults[0].clone()
    }

    fn fault(body: &str) -> (String, String) {
        let Invalid { pointer, code, .. } = first(body);
        (pointer, code)
    }

    /// A17, ASVS 1.5.3: what two parsers could read in two ways is no JSON.
    #[test]
    fn what_is_not_one_clear_value_is_malformed() {
        let deep = "[".repeat(200) + &"]".repeat(200);
        let bodies = [
            "",
            "{",
            "{\"a\":1}x",
            "{\"a\":1,\"a\":2}",
            "NaN",
            "1e400",
            "\u{feff}{}",
            &deep,
            r#""\ud800""#,
            "\"\u{0}\"",
            "{\"a\":01}",
        ];
        for body in bodies {
            let problem = read(body.as_bytes()).unwrap_err();
            assert_eq!(problem.kind(), &Kind::Malformed("malformed_body"), "{body}");
        }
        assert!(read(b"\"\xff\"").is_err(), "bytes that are not UTF-8");
    }

    /// ASVS 1.3.3.
    #[test]
    fn text_is_normalized_and_holds_no_control_characters() {
        assert_eq!(read("\"Zoe\u{308}\"".as_bytes()).unwrap(), "Zo\u{eb}");
        let problem = read(br#"{"a":["ok","no\u0000pe"],"b":"\u001b[2J"}"#).unwrap_err();
        let Kind::Invalid(faults) = problem.kind() else { panic!("{problem}") };
        let places: Vec<_> = faults.iter().map(|it| it.pointer.as_str()).collect();
        assert_eq!(places, ["/a/1", "/b"]);
    }

    /// Who reads it need not know in what language we write.
    #[test]
    fn what_is_wanted_is_told_in_plain_words() {
        for (body, told) in [
            ("[]", "must be an object"),
            (r#"{"name":7}"#, "must be text"),
            (r#"{"name":"a","count":"x"}"#, "must be a whole number"),
            (r#"{"name":"a","parts":{}}"#, "must be a list"),
            (r#"{"name":"a","parts":[1]}"#, "must be an object"),
        ] {
            assert_eq!(first(body).message, told, "{body}");
        }
    }

    #[test]
    fn what_does_not_fit_is_told_by_its_place() {
        assert_eq!(fault("{}"), ("/name".into(), "required".into()));
        assert_eq!(fault(r#"{"name":7}"#), ("/name".into(), "type".into()));
        assert_eq!(fault(r#"{"name":"a","colour":1}"#), ("/colour".into(), "unknown_field".into()));
        assert_eq!(fault(r#"["a",1,null]"#), (String::new(), "type".into()));
        assert_eq!(fault(r#"{"name":"a","parts":[["b"]]}"#), ("/parts/0".into(), "type".into()));
        let nested = r#"{"name":"a","parts":[{"name":"b","count":"secret"}]}"#;
        assert_eq!(fault(nested), ("/parts/0/count".into(), "type".into()));
        let Err(Refusal::Invalid(faults)) = fit::<Thing>(read(nested.as_bytes()).unwrap()) else {
            panic!("it fits")
        };
        assert!(!format!("{faults:?}").contains("secret"));
        let sly = br#"{"name":"a","count":"x, expected secret"}"#;
        let told = format!("{:?}", fit::<Thing>(read(sly).unwrap()).unwrap_err());
        assert!(!told.contains("secret"), "{told}");
    }
}
