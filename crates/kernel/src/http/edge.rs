//! The outermost middleware: a request gets its name, a failure its one log line and its one shape.

use std::{net::IpAddr, panic::AssertUnwindSafe, sync::Arc, time::Instant};

use actix_web::{
    Error, HttpMessage, HttpRequest, HttpResponse,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{
        Method, StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY as POLICY, CONTENT_TYPE,
            HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY, USER_AGENT,
            X_CONTENT_TYPE_OPTIONS,
        },
    },
    middleware::Next,
};
use futures_util::FutureExt;

use super::{TrustedProxies, body::is_encoded};
use crate::{
    access::Origin,
    db::Asker,
    id,
    problem::{Kind, Problem},
};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What an answer may load where it says nothing itself: nothing (ASVS 3.4.3).
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// What a request is called in answers, logs and the audit log.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// The pattern of the operation that a request is for, known once it has found one.
#[derive(Clone, Debug)]
pub(crate) struct Route(pub Arc<str>);

/// Names the request, renders its problem if it ends in one, and sees to the headers that every
/// answer has.
pub async fn edge(
    mut req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<BoxBody>>, Error> {
    let (begun, RequestId(id)) = (Instant::now(), name_request(&req));
    let (method, path) = (req.method().clone(), req.path().to_owned());
    let tell = |problem: &Problem| told(problem, &id, &method, &path);
    if method == Method::HEAD {
        req.head_mut().method = Method::GET; // the connection itself leaves the body out
    }
    let answered = if is_encoded(req.headers()) {
        let refusal = Problem::from(Kind::UnsupportedMediaType);
        Ok(req.into_response(tell(&refusal)).map_into_right_body())
    } else {
        match AssertUnwindSafe(async { next.call(req).await }).catch_unwind().await {
            Ok(Ok(res)) => Ok(match failure(&res) {
                None => res.map_into_boxed_body().map_into_left_body(),
                Some(problem) => {
                    let mut answer = tell(&problem);
                    carry_over(res.headers(), answer.headers_mut());
                    res.into_response(answer).map_into_right_body()
                }
            }),
            Ok(Err(error)) => Err(problem_of(&error, error.as_response_error().status_code())),
            Err(_) => Err(Kind::Internal.into()), // the panic's own message is on stderr already
        }
    };
    match answered {
        Ok(mut res) => {
            let private = res.status().is_client_error()
                || res.status().is_server_error()
                || is_somebodys(res.request());
            dress(res.headers_mut(), &id);
            if private {
                forbid_storing(res.headers_mut());
            }
            measure(route(res.request()), &method, res.status(), begun);
            Ok(res)
        }
        // The request went down with who served it (actix forbids a second hold on one that is still
        // to be routed), so the answer goes up as an error that is already rendered.
        Err(problem) => {
            let mut answer = tell(&problem);
            dress(answer.headers_mut(), &id);
            forbid_storing(answer.headers_mut());
            measure(None, &method, answer.status(), begun);
            Err(InternalError::from_response(problem, answer).into())
        }
    }
}

/// Whether a caller is known.
fn is_somebodys(req: &HttpRequest) -> bool {
    req.extensions().get::<Arc<Asker>>().is_some_and(|asker| asker.caller.is_some())
}

/// The pattern of what was asked for; pages have no guard that notes it.
pub(crate) fn route(req: &HttpRequest) -> Option<String> {
    let noted = req.extensions().get::<Route>().map(|route| route.0.to_string());
    noted.or_else(|| req.match_pattern())
}

/// What the request is called: the client's own id where it is sane, else a new one. Whoever asks
/// first names it.
pub fn name_request(req: &ServiceRequest) -> RequestId {
    if let Some(known) = req.extensions().get::<RequestId>() {
        return known.clone();
    }
    let header = |name| req.headers().get(name).and_then(|it: &HeaderValue| it.to_str().ok());
    let sane = |id: &&str| {
        (8..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let given = header(REQUEST_ID).filter(sane);
    let id = RequestId(given.map_or_else(|| id::next().to_string(), str::to_owned));
    let agent = header(USER_AGENT).map(|it| it.chars().take(512).collect());
    let ip = req.peer_addr().map(|peer| client(req, peer.ip().to_canonical()));
    let origin = Origin { request_id: id.0.clone(), ip, user_agent: agent };
    req.extensions_mut().insert(origin);
    req.extensions_mut().insert(id.clone());
    id
}

/// The client's address, which is the peer's unless that is a proxy of ours.
fn client(req: &ServiceRequest, peer: IpAddr) -> IpAddr {
    let Some(proxies) = req.app_data::<TrustedProxies>() else { return peer };
    let headers = req.headers().get_all(FORWARDED_FOR).filter_map(|it| it.to_str().ok());
    let hops: Vec<&str> = headers.flat_map(|it| it.split(',')).collect();
    proxies.client(peer, hops.into_iter())
}

/// The problem that a response is, also where actix answered it in its own words.
fn failure<B>(res: &ServiceResponse<B>) -> Option<Problem> {
    let status = res.status();
    if let Some(error) = res.response().error() {
        return Some(problem_of(error, status));
    }
    let typed = res.headers().get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let ours = typed.is_some_and(|it| !it.starts_with("text/plain"));
    ((status.is_client_error() || status.is_server_error()) && !ours).then(|| of_status(status))
}

fn problem_of(error: &Error, status: StatusCode) -> Problem {
    match error.as_error::<Problem>() {
        Some(problem) => problem.again(),
        None => of_status(status),
    }
}

fn of_status(status: StatusCode) -> Problem {
    match status {
        StatusCode::NOT_FOUND => Kind::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Kind::MethodNotAllowed("GET, HEAD, OPTIONS, POST".into()),
        StatusCode::PAYLOAD_TOO_LARGE => Kind::TooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Kind::UnsupportedMediaType,
        StatusCode::REQUEST_TIMEOUT => Kind::Timeout,
        status if status.is_client_error() => Kind::Malformed("malformed_request"),
        _ => Kind::Internal,
    }
    .into()
}

/// The answer a problem becomes, and its one line in the log where it is our fault.
fn told(problem: &Problem, id: &str, method: &Method, path: &str) -> HttpResponse {
    match problem.kind() {
        Kind::Internal => {
            tracing::error!(request_id = id, %method, path, cause = problem.story(), "request failed");
        }
        Kind::Unavailable(_) => {
            tracing::warn!(request_id = id, %method, path, cause = problem.story(), "not available");
        }
        kind => tracing::debug!(request_id = id, %method, path, code = kind.code(), "refused"),
    }
    problem.answer(id)
}

/// What others have said beside the answer, such as which pages may read it, holds for the problem too.
fn carry_over(from: &HeaderMap, to: &mut HeaderMap) {
    let own: Vec<_> = to.keys().cloned().collect();
    for (name, value) in from {
        if !own.contains(name) && *name != CONTENT_LENGTH {
            to.append(name.clone(), value.clone());
        }
    }
}

/// ASVS 3.4.3–3.4.6.
fn dress(headers: &mut HeaderMap, id: &str) {
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, value);
    }
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if !headers.contains_key(POLICY) {
        headers.insert(POLICY, HeaderValue::from_static(CONTENT_SECURITY_POLICY));
    }
}

/// ASVS 14.3.2: what is one caller's is kept by nobody, unless the handler says otherwise.
fn forbid_storing(headers: &mut HeaderMap) {
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// Labels are bounded: the route's pattern, never the path itself.
fn measure(route: Option<String>, method: &Method, status: StatusCode, begun: Instant) {
    let route = route.unwrap_or_else(|| "unmatched".to_owned());
    let method = match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    };
    let status = status.as_str().to_owned();
    let labels = [("method", method.to_owned()), ("route", route), ("status", status)];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_seconds", &labels).record(begun.elapsed().as_secs_f64());
}
