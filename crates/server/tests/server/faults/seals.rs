//! Servers are killed while they seal (R16): `SOAK_SEALED=1000` entries by each writer and
//! `SOAK_KILLS=200` are the long form.

use std::{
    sync::RwLock,
    thread::{self, sleep},
    time::{Duration, Instant},
};

use serde_json::json;

use super::{ADMINISTERED, a_while, count};
use crate::{
    books::Books,
    process::{Place, Server},
    wire::Client,
};

const WRITERS: usize = 64;

/// How many organizations they write in.
const LOGS: usize = 4;

/// After how long something hangs.
const PATIENCE: Duration = Duration::from_mins(10);

#[actix_web::test]
async fn logs_are_one_unbroken_chain_each_however_often_who_seals_is_killed() {
    let place = Place::new().await;
    let books = Books::open(&place.database.url).await;
    let (entries, most) = (count("SOAK_SEALED", 8), count("SOAK_KILLS", 3));
    let mut servers = vec![place.serve(&ADMINISTERED)];
    if place.database.url.starts_with("postgres") {
        servers.push(place.serve(&ADMINISTERED));
    }
    let client = Client::administrator(&servers[0].address);
    let logs: Vec<String> = (0..LOGS).map(|_| organization(&client)).collect();
    let addresses = RwLock::new(addresses(&servers));

    let kills = thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|number| {
                let (client, log, addresses) = (&client, &logs[number % LOGS], &addresses);
                scope.spawn(move || write(client, log, addresses, entries))
            })
            .collect();
        let mut kills = 0;
        while kills < most && !writers.iter().all(thread::ScopedJoinHandle::is_finished) {
            sleep(a_while());
            servers.remove(0).kill();
            servers.push(place.serve(&ADMINISTERED));
            *addresses.write().unwrap() = self::addresses(&servers);
            kills += 1;
        }
        kills
    });

    all_is_sealed(&books).await;
    for log in &logs {
        is_sound(&client.at(&servers[0].address), log);
    }
    all_is_sealed(&books).await; // that they were verified, too
    let broken = "select count(*) from (select organization_id from audit_log_seals \
                  group by organization_id \
                  having count(*) <> max(seq) or min(seq) <> 1) it";
    assert_eq!(books.number(broken).await, 0, "each seq once, from 1 on");
    let sealed = books.number("select count(*) from audit_log_seals").await;
    assert_eq!(sealed, books.number("select count(*) from audit_log").await);
    println!("{kills} kills: {sealed} entries stand in one unbroken chain a log");
    books.close().await;
}

async fn all_is_sealed(books: &Books) {
    let begun = Instant::now();
    while books.number("select count(*) from audit_log_unsealed").await > 0 {
        assert!(begun.elapsed() < PATIENCE, "nobody seals any more");
        sleep(Duration::from_millis(50));
    }
}

fn addresses(servers: &[Server]) -> Vec<String> {
    servers.iter().map(|server| server.address.clone()).collect()
}

fn organization(client: &Client) -> String {
    let made = client.post("/api/v1/organizations", &json!({ "name": "Acme" })).unwrap();
    made.body()["id"].as_str().unwrap().to_owned()
}

/// Adds so many products, at whichever server answers.
fn write(client: &Client, log: &str, addresses: &RwLock<Vec<String>>, entries: usize) {
    let path = format!("/api/v1/organizations/{log}/products");
    let (mut written, mut tried) = (0, 0);
    while written < entries {
        let all = addresses.read().unwrap().clone();
        let client = client.at(&all[tried % all.len()]);
        tried += 1;
        let sku = format!("{:016X}", u64::from_be_bytes(kernel::random()));
        let price = json!({ "amount": 100, "currency": "EUR" });
        let new = json!({ "sku": sku, "name": "Thing", "price": price });
        match client.post(&path, &new) {
            Ok(reply) if reply.status == 201 => written += 1,
            Ok(reply) => assert_eq!(reply.status, 503, "{}", reply.text),
            Err(_) => sleep(Duration::from_millis(20)),
        }
    }
}

fn is_sound(client: &Client, log: &str) {
    let place = format!("/api/v1/organizations/{log}/audit-log");
    let begun = client.post(&format!("{place}/verify"), &json!({})).unwrap();
    assert_eq!(begun.status, 202, "{}", begun.text);
    let path = format!("{place}/verifications/{}", begun.body()["id"].as_str().unwrap());
    let since = Instant::now();
    loop {
        let now = client.get(&path).unwrap().body();
        if now["state"] == "done" {
            assert_eq!(now["ok"], true, "{now}");
            assert_eq!(now["checked"], now["size"], "{now}");
            return;
        }
        assert!(since.elapsed() < PATIENCE, "{now}");
        sleep(Duration::from_millis(50));
    }
}
