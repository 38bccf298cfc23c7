//! What is measured.

use std::{path::Path, time::Duration};

use crate::{
    load::{body, rate, turns},
    process::{EMAIL, Listening, add_administrator, public_key, sign_in},
    request::get,
    table::Row,
};

const CONNECTIONS: usize = 32;

/// How often each side is measured, in turns.
const ROUNDS: usize = 5;

/// On an SQLite file: the hot read beside rusqlite, memory, and the start.
pub fn sqlite(server: &Path, length: Duration) -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bench.db");
    let url = format!("sqlite:{}", file.display());
    drop(Listening::server(server, folder.path(), &url)); // makes the database
    let starts = (0..ROUNDS).map(|_| Listening::server(server, folder.path(), &url).took);
    let starts: Vec<f64> = starts.map(|it| it.as_secs_f64() * 1000.0).collect();

    for email in others() {
        add_administrator(server, folder.path(), &url, &email);
    }
    let ours = Listening::server(server, folder.path(), &url);
    std::thread::sleep(Duration::from_secs(2)); // it has settled
    let memory = vec![ours.memory()];
    let key = format!("--public-key={}", public_key(&ours));
    let file = file.to_str().unwrap();
    let twin = Listening::twin(&["rusqlite", "--database", file, &key]);
    vec![
        beside("GET /users/me, SQLite, beside rusqlite inline", &ours, &twin, 0.45, length),
        Row::alone("start to ready on an existing SQLite file, ms (at most)", &starts, 300.0),
        Row::alone("idle memory, MiB (at most)", &memory, 40.0),
    ]
}

/// On PostgreSQL: the hot read beside plain sea-orm and beside a pipelined connection.
pub fn postgres(server: &Path, url: &str, length: Duration) -> Vec<Row> {
    let folder = tempfile::tempdir().unwrap();
    let ours = Listening::server(server, folder.path(), url);
    for email in others() {
        add_administrator(server, folder.path(), url, &email);
    }
    let key = format!("--public-key={}", public_key(&ours));
    let seaorm = Listening::twin(&["sea-orm", "--database", url, &key]);
    let what = "GET /users/me, PostgreSQL, beside plain sea-orm";
    let plain = beside(what, &ours, &seaorm, 0.95, length);
    drop(seaorm);
    let pipelined = Listening::twin(&["tokio-postgres", "--database", url, &key]);
    let what = "GET /users/me, PostgreSQL, beside pipelined tokio-postgres";
    vec![plain, beside(what, &ours, &pipelined, 0.43, length)]
}

/// Both sides in turns, after making sure that they answer alike.
fn beside(what: &str, ours: &Listening, twin: &Listening, target: f64, length: Duration) -> Row {
    let everybody = std::iter::once(EMAIL.to_owned()).chain(others());
    let requests: Vec<String> =
        everybody.map(|email| get(&sign_in(ours, &email), "/api/v1/users/me")).collect();
    for request in &requests {
        let told: serde_json::Value = serde_json::from_str(&body(ours.address, request)).unwrap();
        let said: serde_json::Value = serde_json::from_str(&body(twin.address, request)).unwrap();
        assert_eq!(told, said, "the twin does other work");
    }

    let requests = turns(&requests);
    let (mut mine, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        mine.push(rate(ours.address, &requests, CONNECTIONS, length));
        theirs.push(rate(twin.address, &requests, CONNECTIONS, length));
    }
    Row::beside(what, &mine, &theirs, target)
}

/// Who asks beside the first administrator: sixteen rows are wanted at a time, not one.
fn others() -> impl Iterator<Item = String> {
    (1..16).map(|number| format!("somebody{number}@groundwork.test"))
}
