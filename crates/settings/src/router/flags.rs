//! Flags as clients of OpenFeature ask for them. Where the protocol says how to answer, it counts more
//! than the house's own ways.

use std::{future::Future, pin::Pin};

use actix_web::{Either, FromRequest, HttpRequest, dev::Payload, post, web::Path};
use kernel::{
    Insider, Problem,
    http::{LIMIT, read_body},
    problem::ProblemOut,
};
use utoipa_actix_web::service_config::ServiceConfig;

use super::Named;
use crate::{
    Error,
    schemas::flags::{FlagEvaluationIn, FlagFailureOut, FlagOut, FlagsOut},
    service::flags,
};

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(evaluate_flags).service(evaluate_flag);
}

/// What comes out of an evaluation: a failure is an answer of the protocol's own.
type Evaluated<T> = Result<Either<T, FlagFailureOut>, Problem>;

/// The body of a question, which the protocol has answers to even where it cannot be read.
struct Asked(Vec<u8>);

/// Evaluate a flag
///
/// By the OpenFeature Remote Evaluation Protocol (OFREP 0.3): its stock providers take
/// `…/organizations/{organization_id}` as their base. What is evaluated is the flag in this
/// organization, from the organization's or the platform's value; the context may be left out. What the
/// protocol knows of fails in its own shape, all else is a problem. `Idempotency-Key` is not heeded, for
/// nothing changes.
#[utoipa::path(tag = "settings", params(("key" = String, Path, description = "Which flag.", max_length = 64)), request_body = FlagEvaluationIn, responses((status = 200, body = FlagOut), (status = 400, description = "It is not JSON (`PARSE_ERROR`), or the context is none (`INVALID_CONTEXT`).", content((FlagFailureOut = "application/json"), (ProblemOut = "application/problem+json"))), (status = 404, description = "There is no such flag (`FLAG_NOT_FOUND`); as a problem, no such organization.", content((FlagFailureOut = "application/json"), (ProblemOut = "application/problem+json")))))]
#[post("/{key}")]
async fn evaluate_flag(member: Insider, named: Path<Named>, asked: Asked) -> Evaluated<FlagOut> {
    let flag = flags::evaluate(member.view(), &named.key, &asked.0).await;
    told(Some(&named.key), flag)
}

/// Evaluate all flags
///
/// By the OpenFeature Remote Evaluation Protocol (OFREP 0.3), as a single one. They come in one answer, not in pages,
/// and its `ETag` is good for `If-None-Match`: 304 where all are as they were.
#[utoipa::path(tag = "settings", request_body = FlagEvaluationIn, params(("If-None-Match" = Option<String>, Header, description = "The `ETag` of the answer one has.", max_length = 256)), responses((status = 200, body = FlagsOut), (status = 304, description = "All are as they were."), (status = 400, description = "It is not JSON (`PARSE_ERROR`), or the context is none (`INVALID_CONTEXT`).", content((FlagFailureOut = "application/json"), (ProblemOut = "application/problem+json")))))]
#[post("")]
async fn evaluate_flags(member: Insider, asked: Asked) -> Evaluated<FlagsOut> {
    told(None, flags::evaluate_all(member.view(), &asked.0).await)
}

fn told<T>(key: Option<&str>, evaluated: Result<T, Error>) -> Evaluated<T> {
    match evaluated {
        Ok(flag) => Ok(Either::Left(flag)),
        Err(Error::Flag(fault)) => Ok(Either::Right(FlagFailureOut::of(fault, key))),
        Err(error) => Err(error.into()),
    }
}

impl FromRequest for Asked {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = read_body(request.clone(), payload.take(), &["application/json"], LIMIT);
        Box::pin(async { body.await.map(Self) })
    }
}
