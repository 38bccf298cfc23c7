//! A collector that is away, silent, or not wanted at all.

use std::{
    fs,
    io::Write,
    net::TcpListener,
    time::{Duration, Instant},
};

use crate::{
    process::{Place, Server},
    wire::{Client, connect, read_reply},
};

/// Before this a process is gone, or its supervisor kills it.
const GONE: Duration = Duration::from_secs(10);

/// More than may wait for the collector.
const MANY: usize = 3000;

/// Asks many times over one connection, and answers how long that took.
fn ask_often(server: &Server) -> Duration {
    let (begun, mut stream) = (Instant::now(), connect(&server.address).unwrap());
    for _ in 0..MANY {
        stream.write_all(b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
        assert_eq!(read_reply(&mut stream).unwrap().status, 200);
    }
    begun.elapsed()
}

/// How many spans had this outcome.
fn counted(server: &Server, outcome: &str) -> u64 {
    let metrics = Client::stranger(&server.address).get("/metrics").unwrap().text;
    let name = format!("traces_spans_total{{outcome=\"{outcome}\"}} ");
    let line = metrics.lines().find_map(|line| line.strip_prefix(&name));
    line.map_or(0, |it| it.parse().unwrap())
}

#[actix_web::test]
async fn a_collector_that_never_answers_costs_spans_and_nothing_else() {
    let place = Place::new().await;
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let without = ask_often(&place.serve(&[]));
    let server = place
        .serve(&[("OTEL_BSP_SCHEDULE_DELAY", "50"), ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]);
    let with = ask_often(&server);
    println!("{MANY} requests: {without:?} without a collector, {with:?} with a silent one");
    assert!(with < without * 3 + Duration::from_secs(1), "{without:?} {with:?}");
    let dropped = counted(&server, "dropped");
    assert!(dropped > 500, "{dropped}");

    let (code, log, took) = server.end();
    assert_eq!(code, Some(0), "{log}");
    assert!(took < GONE, "{took:?}");
    assert!(log.contains("the last traces could not be sent"), "{log}");
}

#[actix_web::test]
async fn a_collector_that_is_away_is_told_of_once() {
    let place = Place::new().await;
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let endpoint = format!("http://{address}");
    let server = place
        .serve(&[("OTEL_BSP_SCHEDULE_DELAY", "50"), ("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)]);
    let begun = Instant::now();
    while counted(&server, "failed") < 20 {
        assert!(begun.elapsed() < Duration::from_secs(20), "{}", server.log());
    }
    let (code, log, took) = server.end();
    assert_eq!(code, Some(0), "{log}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!(log.matches("traces cannot be sent").count(), 1, "{log}");
}

#[actix_web::test]
async fn without_a_collector_nothing_is_traced() {
    let place = Place::new().await;
    let server = place.serve(&[("OTEL_SERVICE_NAME", "shop")]);
    let client = Client::stranger(&server.address);
    let reply = client.get("/livez").unwrap();
    assert_eq!(reply.header("traceresponse"), "", "{}", reply.head);
    assert!(!client.get("/metrics").unwrap().text.contains("traces_"));
    if cfg!(target_os = "linux") {
        let threads = fs::read_dir(format!("/proc/{}/task", server.id())).unwrap();
        for thread in threads {
            let name = fs::read_to_string(thread.unwrap().path().join("comm")).unwrap();
            assert!(!name.starts_with("OpenTelemetry"), "{name}");
        }
    }
}

/// ASVS 13.2.3: everything that is wrong is told at once, and no value with it.
#[actix_web::test]
async fn what_is_wrong_with_the_collector_is_told_at_once() {
    let place = Place::new().await;
    let output = place.run(
        &[],
        &[
            ("OTEL_EXPORTER_OTLP_CERTIFICATE", "no/such/file"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "grpc://hunter2@collector"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "key=a%0d%0ahunter2"),
            ("OTEL_TRACES_SAMPLER", "hunter2"),
            ("OTEL_TRACES_SAMPLER_ARG", "2"),
        ],
    );
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    for name in ["CERTIFICATE", "ENDPOINT", "HEADERS", "SAMPLER must", "SAMPLER_ARG must"] {
        assert!(told.contains(name), "{name}: {told}");
    }
    assert!(!told.contains("hunter2"), "{told}");
}
