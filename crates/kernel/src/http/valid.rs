//! Bodies that keep their own rules.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::de::DeserializeOwned;
use validator::{Validate, ValidationError, ValidationErrors, ValidationErrorsKind};

use super::{LIMIT, json, read_body};
use crate::problem::{Invalid, Problem, Refusal};

/// A JSON body of at most `MOST` bytes that has passed its own validation.
pub struct Valid<T, const MOST: usize = LIMIT>(T);

impl<T, const MOST: usize> Valid<T, MOST> {
    /// The body.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T, const MOST: usize> FromRequest for Valid<T, MOST>
where
    T: DeserializeOwned + Validate + 'static,
{
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = read_body(req.clone(), payload.take(), &["application/json"], MOST);
        Box::pin(async move {
            let value = json::read(&body.await?)?;
            Ok(Self(checked(json::fit(value)?)?))
        })
    }
}

/// What was sent, if it keeps its own rules: for what comes as a row of a batch or as a form.
pub fn checked<T: Validate>(body: T) -> Result<T, Refusal> {
    body.validate().map_err(|errors| Refusal::Invalid(faults(&errors, "")))?;
    Ok(body)
}

/// The broken rules by place; validator's own `Display` would repeat the values.
pub(super) fn faults(errors: &ValidationErrors, at: &str) -> Vec<Invalid> {
    let places = errors.errors().iter().map(|(name, kind)| (format!("{at}/{name}"), kind));
    let mut found: Vec<Invalid> = places
        .flat_map(|(pointer, kind)| match kind {
            ValidationErrorsKind::Struct(inner) => faults(inner, &pointer),
            ValidationErrorsKind::List(items) => {
                items.iter().flat_map(|(i, item)| faults(item, &format!("{pointer}/{i}"))).collect()
            }
            ValidationErrorsKind::Field(rules) => {
                rules.iter().map(|rule| broken(rule, pointer.clone())).collect()
            }
        })
        .collect();
    found.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    found
}

fn broken(rule: &ValidationError, pointer: String) -> Invalid {
    let bound = |name: &str| rule.params.get(name).map(ToString::to_string);
    let message = match (&rule.message, rule.code.as_ref(), bound("min"), bound("max")) {
        (Some(message), ..) => message.to_string(),
        (_, "length", Some(min), Some(max)) => format!("must have {min} to {max} characters"),
        (_, "length", Some(min), _) => format!("must have at least {min} characters"),
        (_, "length", _, Some(max)) => format!("must have at most {max} characters"),
        (_, "range", Some(min), Some(max)) => format!("must be between {min} and {max}"),
        (_, "range", Some(min), _) => format!("must be at least {min}"),
        (_, "range", _, Some(max)) => format!("must be at most {max}"),
        (_, code, ..) => format!("breaks the rule {code}"),
    };
    Invalid::new(pointer, &rule.code, message)
}
