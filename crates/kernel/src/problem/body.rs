//! What a client is told: one body for all that goes wrong (RFC 9457).

use std::{error::Error, fmt};

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE},
    },
};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{Fault, Invalid, Kind};

/// A failure on its way to the client, its cause kept for the log.
#[derive(Debug)]
pub struct Problem {
    kind: Kind,
    detail: String,
    members: Map<String, Value>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

/// `application/problem+json`: the only error body there is (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemOut {
    /// Always `about:blank`: `code` tells the cases apart.
    pub r#type: &'static str,
    /// The status in words.
    pub title: &'static str,
    /// The status.
    pub status: u16,
    /// What went wrong this time, for people.
    pub detail: String,
    /// What went wrong, for programs; it does not change.
    #[schema(value_type = String, example = "not_found")]
    pub code: &'static str,
    /// What to name when asking for help.
    pub request_id: String,
    /// What is wrong with the input, place by place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<Invalid>,
}

impl Problem {
    /// A problem in our own words.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), members: Map::new(), cause: None }
    }

    /// The same with one more member, such as a token to go on with.
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.members.insert(member.to_owned(), value.into());
        self
    }

    /// What it means.
    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    /// The same to tell again, its cause as a sentence: actix lends errors and does not give them.
    pub(crate) fn again(&self) -> Self {
        let cause = self.cause.as_ref().map(|_| self.story().into());
        Self {
            kind: self.kind.clone(),
            detail: self.detail.clone(),
            members: self.members.clone(),
            cause,
        }
    }

    /// The whole story, for the log and no one else.
    pub fn story(&self) -> String {
        let Some(cause) = &self.cause else { return self.detail.clone() };
        let mut story = cause.to_string();
        let mut next = cause.source();
        while let Some(cause) = next {
            let told = cause.to_string();
            if !story.ends_with(&told) {
                story = format!("{story}: {told}");
            }
            next = cause.source();
        }
        story
    }

    /// What the client reads of it, alone or as one of many results.
    pub fn body(&self, request_id: &str) -> ProblemOut {
        let (status, code, _) = self.kind.meaning();
        let errors = match &self.kind {
            Kind::Invalid(errors) => errors.clone(),
            _ => Vec::new(),
        };
        ProblemOut {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or_default(),
            status: status.as_u16(),
            detail: self.detail.clone(),
            code,
            request_id: request_id.to_owned(),
            errors,
        }
    }

    /// The answer to the request of this id.
    pub fn answer(&self, request_id: &str) -> HttpResponse {
        let mut answer = HttpResponse::build(self.kind.status());
        match &self.kind {
            Kind::Unauthenticated(code) => {
                answer.insert_header((WWW_AUTHENTICATE, challenge(code)));
            }
            Kind::MethodNotAllowed(methods) => {
                answer.insert_header((ALLOW, methods.as_str()));
            }
            Kind::TooManyRequests(seconds) | Kind::Unavailable(seconds) => {
                answer.insert_header((RETRY_AFTER, seconds.to_string()));
            }
            _ => {}
        }
        let body = self.body(request_id);
        let answer = answer.content_type("application/problem+json");
        if self.members.is_empty() {
            return answer.json(body);
        }
        let mut body = serde_json::to_value(body).unwrap_or_default();
        if let Value::Object(body) = &mut body {
            body.extend(self.members.clone());
        }
        answer.json(body)
    }
}

/// RFC 6750 names a code only where a token was presented.
fn challenge(code: &str) -> &'static str {
    match code {
        "invalid_token" => r#"Bearer error="invalid_token""#,
        _ => "Bearer",
    }
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        let detail = kind.meaning().2;
        Self::new(kind, detail)
    }
}

impl<E: Fault> From<E> for Problem {
    fn from(fault: E) -> Self {
        let kind = fault.kind();
        let detail = match kind {
            Kind::Internal | Kind::Unavailable(_) | Kind::NotFound => kind.meaning().2.to_owned(),
            _ => fault.to_string(),
        };
        Self { cause: Some(Box::new(fault)), ..Self::new(kind, detail) }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.kind.status()
    }

    fn error_response(&self) -> HttpResponse {
        self.answer("")
    }
}
