//! Nothing that somebody is notified of is lost, repeated or told out of order, however often they are
//! cut off (R15, G12): `SOAK_LISTENERS=1000 SOAK_NOTIFICATIONS=100` is the long form.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use kernel::testing::{Said, Socket};
use serde_json::json;

use crate::{
    books::Books,
    crowd::{WS, crowd},
    faults::{ADMINISTERED, count},
    process::Place,
    wire::{ADMINISTRATOR, Client},
};

/// How long all of it may take after which something hangs.
const PATIENCE: Duration = Duration::from_mins(10);

/// What a listener has met.
#[derive(Default)]
struct Met {
    connections: usize,
    resyncs: usize,
}

#[actix_web::test]
async fn who_is_cut_off_again_and_again_hears_everything_once_and_in_order() {
    let place = Place::new().await;
    let books = Books::open(&place.database.url).await;
    let (listeners, each) = (count("SOAK_LISTENERS", 25), count("SOAK_NOTIFICATIONS", 16));
    let servers = if place.database.url.starts_with("postgres") {
        vec![place.serve(&ADMINISTERED), place.serve(&ADMINISTERED)]
    } else {
        vec![place.serve(&ADMINISTERED)] // one process serves a SQLite file
    };
    let client = Client::administrator(&servers[0].address);
    let made = client.post("/api/v1/organizations", &json!({ "name": "Acme" })).unwrap().body();
    let organization = made["id"].as_str().unwrap();
    let tickets = crowd(books.connection(), ADMINISTRATOR, organization, listeners).await;
    let addresses: Vec<String> = servers.iter().map(|it| it.address.clone()).collect();

    let begun = Instant::now();
    let path = format!("/api/v1/organizations/{organization}/notifications");
    let sending = std::thread::spawn(move || {
        for number in 0..each {
            let new = json!({ "recipients": "members", "topic": "organizations.announced",
                "title": format!("Number {number}"), "body": "From Acme." });
            assert_eq!(client.post(&path, &new).unwrap().status, 202);
        }
    });
    let last = i64::try_from(each).unwrap();
    let listening = tickets.iter().enumerate().map(|(number, ticket)| {
        let addresses = &addresses;
        async move { listen(number, ticket, addresses, last).await }
    });
    let met = tokio::time::timeout(PATIENCE, join_all(listening)).await.expect("no end");
    sending.join().unwrap();

    let connections: usize = met.iter().map(|it| it.connections).sum();
    assert_eq!(met.iter().map(|it| it.resyncs).sum::<usize>(), 0, "nobody was too far behind");
    println!(
        "{} notifications to {listeners} listeners on {} replicas over {connections} connections: \
         0 lost, 0 repeated, in order, in {:.1} s",
        listeners * each,
        addresses.len(),
        begun.elapsed().as_secs_f64()
    );
    books.close().await;
}

/// Hears everything up to the place `last`, cut off after a while and at the next replica then.
async fn listen(number: usize, ticket: &str, addresses: &[String], last: i64) -> Met {
    let (mut met, mut heard) = (Met::default(), 0);
    while heard < last {
        let address = &addresses[(number + met.connections) % addresses.len()];
        met.connections += 1;
        let path = format!("{WS}?ticket={ticket}&last_event_id={heard}");
        let Ok(mut socket) = Socket::open(address.parse().unwrap(), &path, &[]).await else {
            continue; // its place may not be free yet
        };
        let cut = tokio::time::sleep(a_while(last));
        tokio::pin!(cut);
        while heard < last {
            let said = tokio::select! {
                () = &mut cut => break,
                said = socket.event() => said,
            };
            match said {
                Said::Message(told) if told["event"] == "notification" => {
                    let seq = told["data"]["seq"].as_i64().unwrap();
                    assert_eq!(
                        seq,
                        heard + 1,
                        "listener {number} at its connection {}",
                        met.connections
                    );
                    heard = seq;
                }
                Said::Message(told) => met.resyncs += usize::from(told["event"] == "resync"),
                said => panic!("{said:?}"),
            }
        }
    }
    met
}

/// One to three seconds, or in the short form a few moments.
fn a_while(last: i64) -> Duration {
    let [low, high] = kernel::random::<2>();
    let part = u64::from(u16::from_le_bytes([low, high]));
    if last > 50 {
        Duration::from_millis(1000 + part % 2000)
    } else {
        Duration::from_millis(20 + part % 200)
    }
}
