//! Flags in the words of the OpenFeature Remote Evaluation Protocol (OFREP 0.3.0), whose names are not
//! spelled as ours are.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::{StatusCode, header::ETAG},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{
    http::has_already,
    settings::{Reason, Resolution, Toggle},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;
use validator::Validate;

use super::Source;
use crate::errors::FlagFault;

/// For whom flags are to be evaluated.
#[derive(Debug, Default, Deserialize, ToSchema, Validate)]
pub struct FlagEvaluationIn {
    /// The evaluation context.
    #[serde(default)]
    #[validate(nested)]
    pub context: FlagContextIn,
}

/// An evaluation context. Clients may send whatever else they know; it decides nothing.
#[derive(Debug, Default, Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase")]
pub struct FlagContextIn {
    /// Whom a share by user counts; whoever asks, where it is left out or empty.
    #[serde(default)]
    #[validate(length(max = 1024))]
    #[schema(example = "01936f6e-0000-7000-8000-000000000001", max_length = 1024)]
    pub targeting_key: Option<String>,
}

/// What a flag is for somebody.
#[derive(Debug, Serialize, ToSchema)]
pub struct FlagOut {
    /// Its key.
    #[schema(example = "products.imports")]
    pub key: &'static str,
    /// Whether it is on.
    pub value: bool,
    /// The same as a word: `on` or `off`.
    #[schema(example = "on")]
    pub variant: &'static str,
    /// Why.
    pub reason: ReasonOut,
    /// What else is known of it.
    pub metadata: FlagMetadataOut,
}

/// Why a flag is what it is.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = FlagReason)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReasonOut {
    /// It is so for all whom no rule names.
    Static,
    /// A rule names the organization.
    TargetingMatch,
    /// It is on for a share, and off for the rest.
    Split,
}

/// What else is known of a flag.
#[derive(Debug, Serialize, ToSchema)]
pub struct FlagMetadataOut {
    /// Where the value that decides comes from.
    pub source: Source,
}

/// Every flag, by key.
#[derive(Debug, Serialize, ToSchema)]
pub struct FlagsOut {
    /// What each is.
    pub flags: Vec<FlagOut>,
}

/// Why nothing was evaluated.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FlagFailureOut {
    /// The flag, where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub key: Option<String>,
    /// `PARSE_ERROR`, `INVALID_CONTEXT` or `FLAG_NOT_FOUND`.
    #[schema(example = "FLAG_NOT_FOUND")]
    pub error_code: &'static str,
    /// The same for people.
    pub error_details: String,
}

impl FlagOut {
    /// What came out for a flag, by a value that is set there.
    pub fn of(key: &'static str, found: Resolution, source: Source) -> Self {
        let (value, variant) = (found.toggle == Toggle::On, found.toggle.name());
        let metadata = FlagMetadataOut { source };
        Self { key, value, variant, reason: found.reason.into(), metadata }
    }
}

impl FlagFailureOut {
    /// Why the flag of this key, or all of them, were not evaluated.
    pub fn of(fault: FlagFault, key: Option<&str>) -> Self {
        let (error_code, error_details) = (fault.code(), fault.to_string());
        Self { key: key.map(str::to_owned), error_code, error_details }
    }
}

impl From<Reason> for ReasonOut {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Static => Self::Static,
            Reason::TargetingMatch => Self::TargetingMatch,
            Reason::Split => Self::Split,
        }
    }
}

impl Responder for FlagOut {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().json(self)
    }
}

/// Clients ask again and again: who has this very answer is spared it. The protocol wants that of a
/// POST, where HTTP alone knows no 304.
impl Responder for FlagsOut {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(Sha256::digest(&body)));
        if has_already(request, &tag) {
            return HttpResponse::NotModified().insert_header((ETAG, tag)).finish();
        }
        HttpResponse::Ok().insert_header((ETAG, tag)).content_type("application/json").body(body)
    }
}

impl Responder for FlagFailureOut {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let unknown = self.error_code == FlagFault::NotFound.code();
        let status = if unknown { StatusCode::NOT_FOUND } else { StatusCode::BAD_REQUEST };
        HttpResponse::build(status).json(self)
    }
}
