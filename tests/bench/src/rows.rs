//! What is measured.

use std::{path::Path, time::Duration};

use crate::{
    load::{body, rate},
    process::{Listening, public_key, sign_in},
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
    let token = sign_in(ours);
    let request = format!(
        "GET /api/v1/users/me HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    let told: serde_json::Value = serde_json::from_str(&body(ours.address, &request)).unwrap();
    let said: serde_json::Value = serde_json::from_str(&body(twin.address, &request)).unwrap();
    assert_eq!(told, said, "the twin does other work");

    let (mut mine, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        mine.push(rate(ours.address, &request, CONNECTIONS, length));
        theirs.push(rate(twin.address, &request, CONNECTIONS, length));
    }
    Row::beside(what, &mine, &theirs, target)
}
