//! What is told of a request: one span in the log, and one in its trace.

use actix_web::{
    Error, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode, Version,
        header::{HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
};
use kernel::{
    http::name_request,
    trace::{TracePlace, follow},
};
use opentelemetry::{
    Context, KeyValue,
    context::FutureExt,
    trace::{SpanKind, Status, TraceContextExt, Tracer},
};
use opentelemetry_sdk::trace::SdkTracer;
use tracing::{
    Instrument, Span,
    field::{Empty, display},
};

/// Where the answer's place in the trace is told, so that who asked can find it (W3C Trace Context,
/// level 3).
const TRACE_RESPONSE: HeaderName = HeaderName::from_static("traceresponse");

/// The outermost middleware: whatever is said below it is said of this request.
pub async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let log = begin_log(&request);
    let method = method(request.method());
    let tracer = request.app_data::<Option<SdkTracer>>().and_then(Option::as_ref);
    let trace = tracer.map(|tracer| begin_trace(tracer, method, &request));
    let answering = async { next.call(request).await };
    let mut outcome = match &trace {
        None => answering.instrument(log.clone()).await,
        Some(context) => {
            log.record("trace_id", display(context.span().span_context().trace_id()));
            answering.with_context(context.clone()).instrument(log.clone()).await
        }
    };
    let status = match &outcome {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    if let Some(context) = trace {
        end_trace(&context, method, &outcome, status);
        tell_place(&mut outcome, &context);
    }
    log.record("status", status.as_u16());
    log.in_scope(|| tracing::debug!("answered"));
    outcome
}

/// It names the path and never the query string, for links carry tokens there (ASVS 16.2.5).
fn begin_log(request: &ServiceRequest) -> Span {
    let id = name_request(request).0;
    tracing::info_span!(
        "request",
        request_id = id,
        trace_id = Empty,
        method = %request.method(),
        path = request.path(),
        status = Empty,
    )
}

/// Attributes are OpenTelemetry's for HTTP, but for `url.path`: paths hold ids, and traces leave the
/// house. The route's pattern says enough.
fn begin_trace(tracer: &SdkTracer, method: &'static str, request: &ServiceRequest) -> Context {
    let headers = request.headers();
    let parent = follow(&only(headers, "traceparent"), &all(headers, "tracestate"));
    let version = if request.version() == Version::HTTP_10 { "1.0" } else { "1.1" };
    let attributes = [
        KeyValue::new("http.request.method", method),
        KeyValue::new("url.scheme", "http"),
        KeyValue::new("network.protocol.version", version),
        KeyValue::new("groundwork.request_id", name_request(request).0),
    ];
    let span = tracer.span_builder(method).with_kind(SpanKind::Server).with_attributes(attributes);
    let span = span.start_with_context(tracer, &parent);
    parent.with_span(span)
}

/// The route is known only now, and not where a panic took the request along.
fn end_trace(
    context: &Context,
    method: &str,
    outcome: &Result<ServiceResponse<impl MessageBody>, Error>,
    status: StatusCode,
) {
    let span = context.span();
    if let Ok(response) = outcome
        && let Some(route) = response.request().match_pattern()
    {
        span.update_name(format!("{method} {route}"));
        span.set_attribute(KeyValue::new("http.route", route));
    }
    span.set_attribute(KeyValue::new("http.response.status_code", i64::from(status.as_u16())));
    if status.is_server_error() {
        span.set_attribute(KeyValue::new("error.type", status.as_str().to_owned()));
        span.set_status(Status::error(""));
    }
    span.end();
}

fn tell_place(outcome: &mut Result<ServiceResponse<impl MessageBody>, Error>, context: &Context) {
    let place = TracePlace::of(context).map(|it| HeaderValue::try_from(it.traceparent));
    let Some(Ok(place)) = place else { return };
    match outcome {
        Ok(response) => drop(response.headers_mut().insert(TRACE_RESPONSE, place)),
        Err(error) => error.add_response_mapper(move |mut response: HttpResponse| {
            response.headers_mut().insert(TRACE_RESPONSE, place.clone());
            response
        }),
    }
}

/// Names of spans are bounded, so what clients make up is none.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "_OTHER",
    }
}

/// A header's value, empty where there is none or more than one.
fn only(headers: &HeaderMap, name: &str) -> String {
    let mut values = headers.get_all(name);
    let first = values.next().filter(|_| values.next().is_none());
    first.and_then(|it| it.to_str().ok()).unwrap_or_default().to_owned()
}

/// A list that may be spread over several headers.
fn all(headers: &HeaderMap, name: &str) -> String {
    let values: Vec<_> = headers.get_all(name).filter_map(|it| it.to_str().ok()).collect();
    values.join(",")
}
