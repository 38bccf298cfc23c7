//! Patches: the writable document as it is, merged with what the client sent, checked as a whole.

use std::{future::Future, marker::PhantomData, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use validator::Validate;

use super::{LIMIT, json, read_body, valid::checked};
use crate::problem::{Invalid, Problem, Refusal};

const TYPES: &[&str] = &["application/merge-patch+json", "application/json"];

/// A JSON merge patch (RFC 7396) of a `T`: absent is kept, `null` is cleared, objects merge.
pub struct Merge<T> {
    patch: Map<String, Value>,
    of: PhantomData<fn() -> T>,
}

impl<T: Serialize + DeserializeOwned + Validate> Merge<T> {
    /// The patch that a row of a batch brings.
    pub fn of(patch: Map<String, Value>) -> Self {
        Self { patch, of: PhantomData }
    }

    /// The document after the patch, valid as a whole; else [`Refusal::Invalid`].
    pub fn onto(&self, current: &T) -> Result<T, Refusal> {
        let mut document = serde_json::to_value(current).unwrap_or_default();
        merge(&mut document, &Value::Object(self.patch.clone()));
        checked(json::fit(document)?)
    }

    /// The members that it names, also those that it clears.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.patch.keys().map(String::as_str)
    }
}

impl<T> FromRequest for Merge<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = read_body(req.clone(), payload.take(), TYPES, LIMIT);
        Box::pin(async move {
            match json::read(&body.await?)? {
                Value::Object(patch) => Ok(Self { patch, of: PhantomData }),
                _ => {
                    Err(Refusal::Invalid(vec![Invalid::new("", "type", "must be an object")])
                        .into())
                }
            }
        })
    }
}

/// RFC 7396, section 2.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(target) = target else { return };
    for (name, value) in patch {
        if value.is_null() {
            target.remove(name);
        } else {
            merge(target.entry(name).or_insert(Value::Null), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The examples of RFC 7396, appendix A.
    #[test]
    fn a_patch_merges_as_its_rfc_says() {
        let cases = [
            (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"b"}), json!({"b":"c"}), json!({"a":"b","b":"c"})),
            (json!({"a":"b"}), json!({"a":null}), json!({})),
            (json!({"a":"b","b":"c"}), json!({"a":null}), json!({"b":"c"})),
            (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"c"}), json!({"a":["b"]}), json!({"a":["b"]})),
            (json!({"a":{"b":"c"}}), json!({"a":{"b":"d","c":null}}), json!({"a":{"b":"d"}})),
            (json!({"a":[{"b":"c"}]}), json!({"a":[1]}), json!({"a":[1]})),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"e":null}), json!({"a":1}), json!({"e":null,"a":1})),
            (json!([1, 2]), json!({"a":"b","c":null}), json!({"a":"b"})),
            (json!({}), json!({"a":{"bb":{"ccc":null}}}), json!({"a":{"bb":{}}})),
        ];
        for (mut target, patch, result) in cases {
            merge(&mut target, &patch);
            assert_eq!(target, result);
        }
    }
}
