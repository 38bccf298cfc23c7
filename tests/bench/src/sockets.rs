//! WebSockets: what an idle one takes in memory, and how long one event takes to thousands.

#[path = "../../../crates/server/tests/server/crowd.rs"]
mod crowd;
#[path = "../../../crates/kernel/src/testing/socket.rs"]
#[expect(dead_code, reason = "a measurement needs less of it than the tests do")]
mod socket;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use futures_util::{StreamExt, future::join_all, stream};
use sea_orm::{ConnectOptions, Database};
use serde_json::{Value, json};

use crate::{
    load::body,
    process::{EMAIL, Listening, sign_in},
    request::post_json,
    table::Row,
};
use crowd::{WS, crowd};
use socket::{Said, Socket};

/// How many listen.
const SOCKETS: u32 = 5_000;

/// How many connect at a time.
const TOGETHER: usize = 64;

const ROUNDS: usize = 5;

/// On PostgreSQL, or without a URL on an SQLite file of its own.
pub fn rows(server: &Path, postgres: Option<&str>) -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let database = if postgres.is_some() { "PostgreSQL" } else { "SQLite" };
    let file = format!("sqlite:{}", folder.path().join("bench.db").display());
    let url = postgres.unwrap_or(&file);
    let ours = Listening::server(server, folder.path(), url);
    let token = sign_in(&ours, EMAIL);
    let made = post_json(&token, "/api/v1/organizations", r#"{"name":"Acme"}"#);
    let made: Value = serde_json::from_str(&body(ours.address, &made)).unwrap();
    let organization = made["id"].as_str().unwrap().to_owned();

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (each, slowest) = runtime.block_on(async {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        let books = Database::connect(options).await.unwrap();
        let tickets = crowd(&books, EMAIL, &organization, SOCKETS.try_into().unwrap()).await;
        books.close().await.unwrap();

        tokio::time::sleep(Duration::from_secs(2)).await; // it has settled
        let before = ours.memory();
        let open = tickets.iter().map(|ticket| open(&ours, ticket));
        let mut sockets: Vec<Socket> =
            stream::iter(open).buffer_unordered(TOGETHER).collect().await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        let each = (ours.memory() - before) * 1024.0 / f64::from(SOCKETS);

        let path = format!("/api/v1/organizations/{organization}/notifications");
        let mut slowest = Vec::new();
        for _ in 0..ROUNDS {
            slowest.push(fan_out(&ours, &token, &path, &mut sockets).await);
        }
        (each, slowest)
    });
    vec![
        Row::alone(
            &format!("an idle WebSocket of 5,000, {database}, KiB (at most)"),
            &[each],
            25.0,
        ),
        Row::alone(
            &format!("one event to 5,000 WebSockets, {database}, p99 in ms (at most)"),
            &slowest,
            2000.0,
        ),
    ]
}

async fn open(server: &Listening, ticket: &str) -> Socket {
    let path = format!("{WS}?ticket={ticket}");
    let mut socket = Socket::open(server.address, &path, &[]).await.unwrap();
    assert!(matches!(socket.event().await, Said::Message(told) if told["event"] == "counts"));
    socket
}

/// Tells all of them something; how long 99 of 100 waited at the most, in milliseconds.
async fn fan_out(server: &Listening, token: &str, path: &str, sockets: &mut [Socket]) -> f64 {
    let new =
        json!({ "recipients": "members", "topic": "organizations.announced", "title": "Lunch" });
    let request = post_json(token, path, &new.to_string());
    let (begun, address) = (Instant::now(), server.address);
    let sending = std::thread::spawn(move || body(address, &request));
    let hearing = sockets.iter_mut().map(|socket| async move {
        let heard = loop {
            match socket.event().await {
                Said::Message(told) if told["event"] == "notification" => break begun.elapsed(),
                Said::Message(_) => {}
                said => panic!("{said:?}"),
            }
        };
        socket.event().await; // the counts
        heard
    });
    let mut all = join_all(hearing).await;
    sending.join().unwrap();
    all.sort_unstable();
    all[all.len() * 99 / 100].as_secs_f64() * 1000.0
}
