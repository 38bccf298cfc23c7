//! Rows of files: each is read as strictly as a body.

use serde::de::DeserializeOwned;
use serde_json::Value;
use validator::Validate;

use super::{checked, json};
use crate::problem::{Invalid, Kind, Problem, Refusal};

/// One document, as strict JSON: 400 where it is not JSON, 422 where its text is not clean.
pub fn read_json(text: &[u8]) -> Result<Value, Problem> {
    json::read(text)
}

/// One document, as strict JSON whose text is kept nowhere and so may be anything; 400 where it is not
/// JSON.
pub fn parse_json(text: &[u8]) -> Result<Value, Problem> {
    json::parse(text)
}

/// A document that was put together from other text, normalized; 422 where that is not clean.
pub fn cleaned(document: Value) -> Result<Value, Problem> {
    json::cleaned(document)
}

/// A clean document as a `T` that keeps its own rules.
pub fn fitted<T: DeserializeOwned + Validate>(document: Value) -> Result<T, Refusal> {
    checked(json::fit(document)?)
}

/// What a problem says of the input, place by place; a problem as a whole has no place.
pub fn faults_of(problem: &Problem) -> Vec<Invalid> {
    match problem.kind() {
        Kind::Invalid(faults) => faults.clone(),
        kind => vec![Invalid::new("", kind.code(), problem.to_string())],
    }
}
