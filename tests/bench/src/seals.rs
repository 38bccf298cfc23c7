//! What sealing the audit log takes from those who write, and how fast it is.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    load::{Requests, body, rate},
    process::{EMAIL, Listening, sign_in},
    request::post_json,
    table::Row,
};

const ROUNDS: usize = 3;

const CONNECTIONS: usize = 32;

/// How many organizations are written in.
const LOGS: usize = 16;

/// On PostgreSQL, or without a URL on an SQLite file of its own.
pub fn rows(server: &Path, postgres: Option<&str>, length: Duration) -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let database = if postgres.is_some() { "PostgreSQL" } else { "SQLite" };
    let file = format!("sqlite:{}", folder.path().join("seals.db").display());
    let url = postgres.unwrap_or(&file);
    let start = |arguments: &[&str]| Listening::serving(server, folder.path(), url, arguments);
    let (mut logs, numbers) = (Vec::new(), Arc::new(AtomicU32::new(0)));
    let (mut with, mut without, mut sealed) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let ours = start(&["serve", "--no-worker"]);
        let token = sign_in(&ours, EMAIL);
        while logs.len() < LOGS {
            logs.push(found(&ours, &token));
        }
        let writes = writes(&token, &logs, &numbers);
        without.push(rate(ours.address, &writes, CONNECTIONS, length));
        let waiting = unsealed(&ours);
        drop(ours);

        let ours = start(&["serve"]);
        let (begun, left) = (Instant::now(), unsealed(&ours));
        while unsealed(&ours) > 0.0 {
            sleep(Duration::from_millis(20));
        }
        sealed.push(left.min(waiting) / begun.elapsed().as_secs_f64());
        with.push(rate(ours.address, &writes, CONNECTIONS, length));
    }
    let beside = "audited writes with the sealer beside without";
    let speed = "sealed entries a second beside audited writes";
    vec![
        Row::beside(&format!("{beside}, {database}"), &with, &without, 0.95),
        Row::beside(&format!("{speed}, {database}"), &sealed, &without, 1.0),
    ]
}

/// Products to be added, in one organization after the other.
fn writes(token: &str, logs: &[String], numbers: &Arc<AtomicU32>) -> Requests {
    let (token, logs, numbers) = (token.to_owned(), logs.to_vec(), Arc::clone(numbers));
    Arc::new(move || {
        let number = numbers.fetch_add(1, Ordering::Relaxed);
        let log = &logs[usize::try_from(number).unwrap() % logs.len()];
        let price = r#""price":{"amount":100,"currency":"EUR"}"#;
        let product = format!(r#"{{"sku":"SEALED-{number}","name":"Thing {number}",{price}}}"#);
        post_json(&token, &format!("{log}/products"), &product)
    })
}

fn found(server: &Listening, token: &str) -> String {
    let request = post_json(token, "/api/v1/organizations", r#"{"name":"Sealed"}"#);
    let made: Value = serde_json::from_str(&body(server.address, &request)).unwrap();
    format!("/api/v1/organizations/{}", made["id"].as_str().unwrap())
}

/// How many entries wait for their seals.
fn unsealed(server: &Listening) -> f64 {
    let told = body(server.address, "GET /metrics HTTP/1.1\r\nHost: bench\r\n\r\n");
    let line = told.lines().find_map(|line| line.strip_prefix("audit_log_unsealed "));
    line.unwrap().parse().unwrap()
}
