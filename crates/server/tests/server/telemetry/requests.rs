//! What a collector is told of requests and of the jobs that they queue.

use kernel::testing::MailCatcher;
use serde_json::{Value, json};

use super::collector::{Collector, Seen};
use crate::{
    process::{Place, Server},
    wire::{ADMINISTRATOR, Client, PASSWORD, Reply, ask},
};

const SERVER: i32 = 2;
const CONSUMER: i32 = 5;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

async fn observed(more: &[(&str, &str)]) -> (Place, Collector, Server) {
    let (place, collector) = (Place::new().await, Collector::start());
    let endpoint = format!("http://{}", collector.address);
    let mut variables = vec![
        ("ADMIN_EMAIL", ADMINISTRATOR),
        ("ADMIN_PASSWORD", PASSWORD),
        ("LOG_FORMAT", "json"),
        ("OTEL_BSP_SCHEDULE_DELAY", "50"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
        ("RUST_LOG", "info,server=debug"),
    ];
    variables.extend(more);
    let server = place.serve(&variables);
    (place, collector, server)
}

/// GET with these lines in its head.
fn get(server: &Server, path: &str, lines: &str) -> Reply {
    let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{lines}\r\n");
    ask(&server.address, &request).unwrap()
}

fn said<'a>(span: &'a Seen, name: &str) -> &'a str {
    span.attributes.get(name).map_or("", String::as_str)
}

#[actix_web::test]
async fn a_request_is_one_span_that_names_its_route_and_nobody() {
    let (_place, collector, server) = observed(&[("OTEL_SERVICE_NAME", "shop")]).await;
    let client = Client::administrator(&server.address);
    let me = client.get("/api/v1/users/me?secret=hunter2").unwrap().body();
    let id = me["id"].as_str().unwrap();
    assert_eq!(client.get(&format!("/nowhere/{id}")).unwrap().status, 404);

    let span = collector.span("GET /api/v1/users/me");
    assert_eq!((span.kind, span.failed, span.parent.as_str()), (SERVER, false, ""));
    assert_eq!(said(&span, "http.request.method"), "GET");
    assert_eq!(said(&span, "http.route"), "/api/v1/users/me");
    assert_eq!(said(&span, "http.response.status_code"), "200");
    assert_eq!(said(&span, "error.type"), "");
    assert_eq!(said(&span, "groundwork.request_id").len(), 36);
    assert_eq!(span.resource["service.name"], "shop");
    assert_eq!(span.resource["service.version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(span.resource["deployment.environment.name"], "development");

    let login = collector.span("POST /api/v1/auth/login");
    assert_ne!(login.trace, span.trace, "requests that nobody ties together");
    let stray = collector.span("GET");
    assert_eq!(
        (said(&stray, "http.route"), said(&stray, "http.response.status_code")),
        ("", "404")
    );
    assert!(!stray.failed, "the client's mistake");
    let all = format!("{:?}", collector.all());
    for private in [id, "hunter2", "secret=", ADMINISTRATOR, "127.0.0.1"] {
        assert!(!all.contains(private), "{private} in {all}");
    }
}

#[actix_web::test]
async fn a_failure_of_ours_is_a_failed_span_and_its_log_line_names_the_trace() {
    let (_place, collector, server) = observed(&[]).await;
    server.ask_to_end();
    let reply = loop {
        let reply = get(&server, "/readyz", "");
        if reply.status == 503 {
            break reply;
        }
    };
    let failed = collector.spans("GET /readyz", 1).into_iter().find(|it| it.failed);
    let failed = failed.unwrap_or_else(|| collector.spans("GET /readyz", 2).pop().unwrap());
    assert!(failed.failed, "{failed:?}");
    assert_eq!(said(&failed, "http.response.status_code"), "503");
    assert_eq!(said(&failed, "error.type"), "503");
    assert!(reply.header("traceresponse").starts_with("00-"), "{}", reply.head);

    let (code, log) = server.ended();
    assert_eq!(code, Some(0), "{log}");
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let told = lines.into_iter().find(|it| it["span"]["trace_id"] == failed.trace.as_str());
    assert_eq!(told.unwrap()["span"]["path"], "/readyz", "{log}");
}

/// W3C Trace Context: what a client has begun goes on, notes of others and all.
#[actix_web::test]
async fn the_trace_of_a_client_goes_on_and_what_is_none_does_not() {
    let (_place, collector, server) = observed(&[]).await;
    let begun = format!("traceparent: 00-{TRACE}-{PARENT}-01\r\n");
    let reply = get(&server, "/livez", &format!("{begun}tracestate: a=1\r\nTraceState: b=2\r\n"));
    let span = collector.span("GET /livez");
    assert_eq!((span.trace.as_str(), span.parent.as_str()), (TRACE, PARENT));
    assert_eq!(span.state, "a=1,b=2");
    assert_eq!(reply.header("traceresponse"), format!("00-{TRACE}-{}-01", span.span));

    let unsampled = get(&server, "/livez", &begun.replace("-01", "-00"));
    assert!(unsampled.header("traceresponse").starts_with(&format!("00-{TRACE}-")));
    assert!(unsampled.header("traceresponse").ends_with("-00"), "{}", unsampled.head);
    let wrong = [
        "traceparent: 00-0-0-01\r\n".to_owned(),
        begun.to_uppercase(),
        begun.replace("-01", "-01-more"),
        begun.replace(TRACE, &"0".repeat(32)),
        begun.repeat(2),
    ];
    for wrong in &wrong {
        let reply = get(&server, "/openapi.json", wrong);
        assert_eq!(reply.status, 200);
        assert!(!reply.header("traceresponse").contains(TRACE), "{wrong} {}", reply.head);
    }
    for span in collector.spans("GET /openapi.json", wrong.len()) {
        assert_eq!(span.parent, "", "{span:?}");
    }
    assert_eq!(collector.spans("GET /livez", 1).len(), 1, "what is not to be recorded is not");
}

#[actix_web::test]
async fn a_job_is_a_child_of_the_request_that_queued_it() {
    let mail = MailCatcher::start();
    let url = mail.url();
    let (_place, collector, server) = observed(&[("MAIL_URL", &url)]).await;
    let new =
        json!({ "email": "ada@example.com", "password": "a long enough secret", "name": "Ada" });
    let body = new.to_string();
    let request = format!(
        "POST /api/v1/auth/register HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\
         traceparent: 00-{TRACE}-{PARENT}-01\r\ntracestate: a=1\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let reply = ask(&server.address, &request).unwrap();
    assert_eq!(reply.status, 202, "{}", server.log());

    let request = collector.span("POST /api/v1/auth/register");
    let registers = collector.span("job auth.register");
    assert_eq!((registers.kind, registers.failed), (CONSUMER, false));
    assert_eq!((&registers.trace, &registers.parent), (&request.trace, &request.span));
    let job = collector.span("job notifications.send_mail");
    assert_eq!((job.kind, job.failed), (CONSUMER, false));
    assert_eq!((&job.trace, &job.parent), (&request.trace, &registers.span));
    assert_eq!((job.trace.as_str(), job.state.as_str()), (TRACE, "a=1"));
    assert_eq!(said(&job, "messaging.destination.name"), "notifications.send_mail");
    assert_eq!(said(&job, "job.attempt"), "1");
    assert!(!format!("{:?}", collector.all()).contains("ada@example.com"));
}

#[actix_web::test]
async fn a_job_that_fails_says_so_in_its_span_and_in_the_log() {
    let (_place, collector, server) = observed(&[("MAIL_URL", "smtp://127.0.0.1:1")]).await;
    let new =
        json!({ "email": "ada@example.com", "password": "a long enough secret", "name": "Ada" });
    let client = Client::stranger(&server.address);
    assert_eq!(client.post("/api/v1/auth/register", &new).unwrap().status, 202);

    let job = collector.span("job notifications.send_mail");
    assert!(job.failed && !said(&job, "error.type").is_empty(), "{job:?}");
    let log = server.log();
    let line = log.lines().find(|it| it.contains("a job failed and will be tried again"));
    let line: Value = serde_json::from_str(line.expect(&log)).unwrap();
    assert_eq!(line["span"]["trace_id"], job.trace.as_str());
}

#[actix_web::test]
async fn as_few_requests_are_recorded_as_the_operator_wants() {
    let sampler = ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio");
    let (_place, collector, server) =
        observed(&[sampler, ("OTEL_TRACES_SAMPLER_ARG", "0.0")]).await;
    for _ in 0..5 {
        assert!(get(&server, "/livez", "").header("traceresponse").ends_with("-00"));
    }
    let begun = format!("traceparent: 00-{TRACE}-{PARENT}-01\r\n");
    get(&server, "/openapi.json", &begun);
    collector.span("GET /openapi.json");
    assert_eq!(collector.all().len(), 1, "{:?}", collector.all());
}
