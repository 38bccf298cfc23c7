//! What a failure can mean: a closed list.

use actix_web::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// A fault in one place of the input; never the rejected value itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Invalid {
    /// Where: a JSON Pointer (RFC 6901) into the body, or the name of a query parameter.
    pub pointer: String,
    /// Which rule, for programs.
    pub code: String,
    /// Which rule, for people.
    pub message: String,
}

impl Invalid {
    /// A fault of this place.
    pub fn new(pointer: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code: code.to_owned(), message: message.into() }
    }
}

/// What a failure means to the client: a status, and a stable code where several share one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 400
    Malformed(&'static str),
    /// 401
    Unauthenticated(&'static str),
    /// 403
    Forbidden(&'static str),
    /// 404: unknown, malformed and somebody else's are told alike.
    NotFound,
    /// 405, and the methods there are.
    MethodNotAllowed(String),
    /// 408: the body did not arrive in time.
    Timeout,
    /// 409
    Conflict(&'static str),
    /// 410
    Gone(&'static str),
    /// 412: `If-Match` names a version that is no longer current.
    Stale,
    /// 413
    TooLarge,
    /// 415
    UnsupportedMediaType,
    /// 422, for input that breaks the rules place by place.
    Invalid(Vec<Invalid>),
    /// 422, for input that is well-formed and yet cannot be served.
    Unprocessable(&'static str),
    /// 429, and after how many seconds to try again.
    TooManyRequests(u32),
    /// 500
    Internal,
    /// 503, and after how many seconds to try again.
    Unavailable(u32),
}

impl Kind {
    /// The status.
    pub fn status(&self) -> StatusCode {
        self.meaning().0
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.meaning().1
    }

    /// The status, the code and, where nobody knows better, the detail.
    pub(super) fn meaning(&self) -> (StatusCode, &'static str, &'static str) {
        use StatusCode as S;
        match self {
            Self::Malformed(code) => (S::BAD_REQUEST, code, "This cannot be read."),
            Self::Unauthenticated(code) => (S::UNAUTHORIZED, code, "Sign in first."),
            Self::Forbidden(code) => (S::FORBIDDEN, code, "This is not allowed."),
            Self::NotFound => (S::NOT_FOUND, "not_found", "There is no such thing here."),
            Self::MethodNotAllowed(_) => {
                (S::METHOD_NOT_ALLOWED, "method_not_allowed", "This takes another method.")
            }
            Self::Timeout => {
                (S::REQUEST_TIMEOUT, "request_timeout", "The body took too long to arrive.")
            }
            Self::Conflict(code) => (S::CONFLICT, code, "This is in the way of another."),
            Self::Gone(code) => (S::GONE, code, "This is over."),
            Self::Stale => (
                S::PRECONDITION_FAILED,
                "stale_version",
                "It has changed since the version you name.",
            ),
            Self::TooLarge => (S::PAYLOAD_TOO_LARGE, "too_large", "The body is too large."),
            Self::UnsupportedMediaType => (
                S::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "Send application/json, not encoded.",
            ),
            Self::Invalid(_) => {
                (S::UNPROCESSABLE_ENTITY, "validation_failed", "The input breaks the rules.")
            }
            Self::Unprocessable(code) => {
                (S::UNPROCESSABLE_ENTITY, code, "This cannot be done as asked.")
            }
            Self::TooManyRequests(_) => {
                (S::TOO_MANY_REQUESTS, "too_many_requests", "This is too often; wait a little.")
            }
            Self::Internal => {
                (S::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on our side.")
            }
            Self::Unavailable(_) => (
                S::SERVICE_UNAVAILABLE,
                "unavailable",
                "This cannot be served right now; try again.",
            ),
        }
    }
}
