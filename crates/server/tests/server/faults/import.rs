//! The server is killed while it imports (R3): `SOAK_IMPORT=100000` rows are the long form.

use std::{
    fmt::Write,
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::json;

use super::{ADMINISTERED, count};
use crate::{books::Books, process::Place, wire::Client};

/// The most memory that a server which imports may take, in KiB.
const MOST_MEMORY: u64 = 150 * 1024;

/// How long an import may take after which something hangs.
const PATIENCE: Duration = Duration::from_mins(5);

#[actix_web::test]
async fn an_import_goes_on_where_a_killed_server_left_it_and_does_each_row_once() {
    let place = Place::new().await;
    let books = Books::open(&place.database.url).await;
    let rows = count("SOAK_IMPORT", 6_000);
    let kills = (rows / 2_000).min(10);
    let mut server = place.serve(&ADMINISTERED);
    let client = Client::administrator(&server.address);
    let made = client.post("/api/v1/organizations", &json!({ "name": "Acme" })).unwrap().body();
    let products = format!("/api/v1/organizations/{}/products", made["id"].as_str().unwrap());
    let begun = client.send_file("text/csv", &format!("{products}/import"), &file(rows)).unwrap();
    assert_eq!(begun.status, 202, "{}", begun.text);
    let import = format!("{products}/imports/{}", begun.body()["id"].as_str().unwrap());

    let mut seen = vec![0];
    for _ in 0..kills {
        let before = seen.last().copied().unwrap_or_default();
        seen.push(gone_on(&client.at(&server.address), &import, before));
        server.kill();
        books.are_left_alone().await;
        server = place.serve(&ADMINISTERED);
        // As if the half minute had passed after which others may have a dead worker's jobs.
        books.execute("update jobs set lease_until = run_at where state = 'running'").await;
    }
    let (client, started) = (client.at(&server.address), Instant::now());
    let ended = loop {
        let now = client.get(&import).unwrap().body();
        if now["state"] != "queued" && now["state"] != "running" {
            break now;
        }
        assert!(started.elapsed() < PATIENCE, "{now}");
        sleep(Duration::from_millis(100));
    };

    assert!(seen.is_sorted_by(|a, b| a < b), "it was killed after some more each time: {seen:?}");
    assert_eq!((&ended["state"], &ended["created"]), (&json!("done"), &json!(rows)), "{ended}");
    let rows = i64::try_from(rows).unwrap();
    assert_eq!(books.number("select count(*) from products").await, rows);
    assert_eq!(books.number("select count(distinct sku) from products").await, rows);
    let entries = "select count(*) from audit_log where action = 'product.created'";
    assert_eq!(books.number(entries).await, rows);
    let memory = memory(server.id());
    assert!(memory < MOST_MEMORY, "{memory} KiB");
    println!("{rows} rows, {kills} kills at {seen:?}, {memory} KiB at most after the last");
    books.close().await;
}

/// Waits until an import has done more than `before`, and answers how much.
fn gone_on(client: &Client, import: &str, before: u64) -> u64 {
    let started = Instant::now();
    loop {
        let done = client.get(import).unwrap().body()["done"].as_u64().unwrap();
        if done > before {
            return done;
        }
        assert!(started.elapsed() < PATIENCE, "it stands at {done}");
        sleep(Duration::from_millis(5));
    }
}

fn file(rows: usize) -> String {
    let mut text = "sku,name,description,price_amount,price_currency\n".to_owned();
    for row in 0..rows {
        writeln!(text, "A-{row},Anvil {row},\"As heavy as {row}, or more\",{row},EUR").unwrap();
    }
    text
}

/// The most that a process has had in memory, in KiB.
fn memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
