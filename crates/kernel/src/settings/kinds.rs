//! What settings may be.

use std::ops::RangeInclusive;

use serde_json::{Value as Json, json};

use super::Kind;
use crate::problem::Invalid;

/// A whole number within bounds, both of them in.
#[derive(Clone, Copy, Debug)]
pub struct Whole {
    /// The least it may be.
    pub least: i64,
    /// The most it may be.
    pub most: i64,
}

/// Text of at most so many characters.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// How many characters it may have.
    pub most: usize,
}

/// One of a few, each with its name.
#[derive(Clone, Copy, Debug)]
pub struct Choice<T: 'static> {
    /// The names, and what they stand for.
    pub options: &'static [(&'static str, T)],
}

/// On or off.
#[derive(Clone, Copy, Debug)]
pub struct Switch;

/// Some texts, in their order.
#[derive(Clone, Copy, Debug)]
pub struct List {
    /// How many there may be.
    pub most: usize,
    /// What each may be.
    pub each: Text,
}

/// Text that nobody sees again once it is set; it is encrypted where it lies.
#[derive(Clone, Copy, Debug)]
pub struct SecretText {
    /// How many characters it may have.
    pub most: usize,
}

/// A secret, for the code that uses it: it can be neither printed nor sent.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl Whole {
    /// The bounds, for the variable of the environment that sets the default.
    pub fn bounds(&self) -> RangeInclusive<i64> {
        self.least..=self.most
    }
}

impl Kind for Whole {
    type Value = i64;
    type Default = i64;
    const NAME: &'static str = "whole_number";

    fn schema(&self) -> Json {
        json!({ "type": "integer", "minimum": self.least, "maximum": self.most })
    }

    fn read(&self, value: &Json) -> Result<i64, Invalid> {
        let number = value.as_i64().ok_or_else(|| misfit("a whole number"))?;
        let message = || format!("must be from {} to {}", self.least, self.most);
        let within = self.bounds().contains(&number);
        within.then_some(number).ok_or_else(|| Invalid::new("", "range", message()))
    }

    fn write(&self, default: i64) -> Json {
        default.into()
    }
}

impl Kind for Text {
    type Value = String;
    type Default = &'static str;
    const NAME: &'static str = "text";

    fn schema(&self) -> Json {
        json!({ "type": "string", "maxLength": self.most })
    }

    fn read(&self, value: &Json) -> Result<String, Invalid> {
        let text = value.as_str().ok_or_else(|| misfit("text"))?;
        if text.chars().count() > self.most {
            let message = format!("must have at most {} characters", self.most);
            return Err(Invalid::new("", "length", message));
        }
        Ok(text.to_owned())
    }

    fn write(&self, default: &'static str) -> Json {
        default.into()
    }
}

impl<T: Copy + PartialEq + Send + Sync> Kind for Choice<T> {
    type Value = T;
    type Default = T;
    const NAME: &'static str = "choice";

    fn schema(&self) -> Json {
        let names: Vec<_> = self.options.iter().map(|(name, _)| *name).collect();
        json!({ "type": "string", "enum": names })
    }

    fn read(&self, value: &Json) -> Result<T, Invalid> {
        let chosen = self.options.iter().find(|(name, _)| value.as_str() == Some(*name));
        let message = "is none of the values this can have";
        chosen.map(|(_, it)| *it).ok_or_else(|| Invalid::new("", "unknown_value", message))
    }

    fn write(&self, default: T) -> Json {
        let name = self.options.iter().find(|(_, it)| *it == default).map(|(name, _)| *name);
        name.map_or(Json::Null, Json::from)
    }
}

impl Kind for Switch {
    type Value = bool;
    type Default = bool;
    const NAME: &'static str = "switch";

    fn schema(&self) -> Json {
        json!({ "type": "boolean" })
    }

    fn read(&self, value: &Json) -> Result<bool, Invalid> {
        value.as_bool().ok_or_else(|| misfit("true or false"))
    }

    fn write(&self, default: bool) -> Json {
        default.into()
    }
}

impl Kind for List {
    type Value = Vec<String>;
    type Default = &'static [&'static str];
    const NAME: &'static str = "list";

    fn schema(&self) -> Json {
        json!({ "type": "array", "items": self.each.schema(), "maxItems": self.most })
    }

    fn read(&self, value: &Json) -> Result<Vec<String>, Invalid> {
        let items = value.as_array().ok_or_else(|| misfit("a list of texts"))?;
        if items.len() > self.most {
            let message = format!("must have at most {} items", self.most);
            return Err(Invalid::new("", "length", message));
        }
        let each = items.iter().enumerate().map(|(place, item)| {
            let there = |fault: Invalid| Invalid { pointer: format!("/{place}"), ..fault };
            self.each.read(item).map_err(there)
        });
        each.collect()
    }

    fn write(&self, default: &'static [&'static str]) -> Json {
        json!(default)
    }
}

/// There is no default: what is in the code is no secret.
impl Kind for SecretText {
    type Value = Option<Secret>;
    type Default = ();
    const NAME: &'static str = "secret";
    const SECRET: bool = true;

    fn schema(&self) -> Json {
        json!({ "type": "string", "minLength": 1, "maxLength": self.most, "writeOnly": true })
    }

    fn read(&self, value: &Json) -> Result<Option<Secret>, Invalid> {
        if value.is_null() {
            return Ok(None);
        }
        let text = Text { most: self.most }.read(value)?;
        let message = "must not be empty";
        let some = (!text.is_empty()).then_some(Secret(text));
        some.map(Some).ok_or_else(|| Invalid::new("", "length", message))
    }

    fn write(&self, (): ()) -> Json {
        Json::Null
    }
}

pub(super) fn misfit(wanted: &str) -> Invalid {
    Invalid::new("", "type", format!("must be {wanted}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Colour {
        Red,
        Blue,
    }

    const COLOUR: Choice<Colour> =
        Choice { options: &[("red", Colour::Red), ("blue", Colour::Blue)] };

    fn code<K: Kind>(kind: &K, value: &Json) -> String {
        let fault = kind.read(value).err().unwrap();
        format!("{}{}", fault.pointer, fault.code)
    }

    #[test]
    fn a_number_is_whole_and_within_its_bounds() {
        let days = Whole { least: 1, most: 90 };
        assert_eq!((days.read(&json!(1)), days.read(&json!(90))), (Ok(1), Ok(90)));
        for (value, told) in [(json!(0), "range"), (json!(91), "range"), (json!(7.0), "type")] {
            assert_eq!(code(&days, &value), told, "{value}");
        }
        for value in [json!("7"), json!(1e300), json!(u64::MAX), json!(null), json!([7])] {
            assert_eq!(code(&days, &value), "type", "{value}");
        }
        assert_eq!(days.schema(), json!({ "type": "integer", "minimum": 1, "maximum": 90 }));
    }

    #[test]
    fn text_is_counted_in_characters() {
        let text = Text { most: 2 };
        assert_eq!(
            (text.read(&json!("äö")), text.read(&json!(""))),
            (Ok("äö".into()), Ok(String::new()))
        );
        assert_eq!(
            (code(&text, &json!("abc")), code(&text, &json!(1))),
            ("length".into(), "type".into())
        );
    }

    #[test]
    fn a_choice_is_one_of_its_names() {
        assert_eq!(COLOUR.read(&json!("blue")), Ok(Colour::Blue));
        assert_eq!(COLOUR.write(Colour::Red), "red");
        assert_eq!(code(&COLOUR, &json!("green")), "unknown_value");
        assert_eq!(code(&COLOUR, &json!(0)), "unknown_value");
    }

    #[test]
    fn a_list_tells_which_item_is_wrong() {
        let list = List { most: 2, each: Text { most: 3 } };
        assert_eq!(list.read(&list.write(&["a", "b"])), Ok(vec!["a".into(), "b".into()]));
        assert_eq!(code(&list, &json!(["a", "long"])), "/1length");
        assert_eq!(code(&list, &json!(["a", "b", "c"])), "length");
        assert_eq!(code(&list, &json!("a")), "type");
        assert_eq!(
            (Switch.read(&json!(true)), code(&Switch, &json!(1))),
            (Ok(true), "type".into())
        );
    }

    /// ASVS 16.5.1: what is wrong with a secret is told without it.
    #[test]
    fn a_fault_never_repeats_a_secret() {
        let secret = SecretText { most: 10 };
        assert_eq!(secret.read(&json!("hunter2")).ok().flatten().unwrap().expose(), "hunter2");
        assert!(secret.read(&Json::Null).ok().unwrap().is_none());
        for value in [json!("hunter2 hunter2"), json!(""), json!({ "hunter2": "hunter2" })] {
            let fault = secret.read(&value).err().unwrap();
            assert!(!format!("{fault:?}").contains("hunter2"), "{fault:?}");
        }
    }
}
