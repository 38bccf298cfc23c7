//! PostgreSQL goes away under load and comes back (R4): `SOAK_OUTAGES=50` is the long form.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use super::{
    ADMINISTERED, count,
    crowd::{Told, writing},
};
use crate::{
    books::Books,
    cluster::{Away, Cluster},
    ledger::Ledger,
    process::{Place, Server},
    wire::{Client, Reply},
};

/// How soon a client is told to come again.
const SOON: Duration = Duration::from_secs(2);

/// How soon after the database's return everything is served again.
const BACK: Duration = Duration::from_secs(5);

/// When the database was told to go, was gone, was told to come back, and could be used again.
struct Outage {
    going: Instant,
    gone: Instant,
    returning: Instant,
    back: Instant,
}

#[actix_web::test]
async fn while_the_database_is_away_clients_are_told_to_come_again_and_soon_they_may() {
    let Some(cluster) = Cluster::start() else { return };
    let (place, url) = (Place::new().await, cluster.url());
    let pool = ("DATABASE_POOL", "16"); // enough for connections by thread
    let variables = [ADMINISTERED[0], ADMINISTERED[1], ("DATABASE_URL", &url), pool];
    let mut server = place.serve(&variables);
    let client = Client::administrator(&server.address);
    let mut ledger = Ledger::default();

    let (told, outages) = writing((4, 1), &client, &ledger, || {
        let ways = [Away::Stop, Away::Immediately, Away::Kill];
        let outages = ways.into_iter().cycle().take(count("SOAK_OUTAGES", 3));
        let outages: Vec<Outage> = outages.map(|it| goes_away(&cluster, it, &server)).collect();
        sleep(BACK);
        outages
    });
    assert!(server.lives(), "{}", server.log());
    for told in &told {
        is_right(told, &outages);
    }
    let books = Books::open(&url).await;
    ledger.names_are_there(&client);
    ledger.accounts_are_there(&books).await;
    books.close().await;
    let late = told.iter().filter_map(|it| it.reply.as_ref()).filter(|it| it.status == 503);
    let (refused, worst) = late.fold((0, Duration::ZERO), |(n, w), it| (n + 1, w.max(it.took)));
    println!(
        "{} outages: {} acknowledged writes are there; {refused} were told to come again, after {worst:?} at the most",
        outages.len(),
        ledger.size()
    );
}

/// At night nobody asks, so nobody finds out which connections are broken.
#[actix_web::test]
async fn who_asks_first_after_a_quiet_restart_of_the_database_is_served() {
    let Some(cluster) = Cluster::start() else { return };
    let (place, url) = (Place::new().await, cluster.url());
    let pool = ("DATABASE_POOL", "32");
    let server = place.serve(&[ADMINISTERED[0], ADMINISTERED[1], ("DATABASE_URL", &url), pool]);
    let client = Client::administrator(&server.address);
    assert_eq!(client.rename("Ada").unwrap().status, 200);

    cluster.go(Away::Stop);
    cluster.up();
    sleep(BACK);
    for number in 0..40 {
        let reply = client.rename(&format!("Ada {number}")).unwrap();
        assert_eq!(reply.status, 200, "the first requests: {number}, {}", reply.text);
    }
}

fn goes_away(cluster: &Cluster, away: Away, server: &Server) -> Outage {
    sleep(Duration::from_millis(500));
    let going = Instant::now();
    cluster.go(away);
    let gone = Instant::now();
    let stranger = Client::stranger(&server.address);
    while gone.elapsed() < Duration::from_secs(1) {
        assert_eq!(stranger.get("/livez").unwrap().status, 200);
        let ready = stranger.get("/readyz").unwrap();
        assert_eq!(ready.status, 503);
        assert!(ready.took < SOON, "{away:?}: {:?}", ready.took);
    }
    let returning = Instant::now();
    cluster.up();
    let back = Instant::now();
    while stranger.get("/readyz").unwrap().status != 200 {
        assert!(back.elapsed() < BACK, "{away:?}: {}", server.log());
        sleep(Duration::from_millis(20));
    }
    println!("{away:?}: ready {:?} after its return", back.elapsed());
    sleep(Duration::from_secs(1));
    Outage { going, gone, returning, back }
}

fn is_right(told: &Told, outages: &[Outage]) {
    let reply: &Reply = told.reply.as_ref().expect("an answer, whatever becomes of the database");
    assert!(reply.took < SOON, "{:?}: {}", reply.took, reply.text);
    let until = told.at + reply.took;
    let away = outages.iter().any(|it| it.gone < told.at && until < it.returning);
    let touched = outages.iter().any(|it| it.going < until && told.at < it.back + BACK);
    if reply.status == 503 {
        assert!(reply.is_problem(503, "unavailable"), "{}", reply.text);
        assert!(reply.header("retry-after").parse::<u32>().is_ok_and(|it| it > 0));
        assert!(touched, "the database was there: {}", reply.text);
    } else {
        assert!(matches!(reply.status, 200 | 202), "{}", reply.text);
        assert!(!away, "a write without a database");
    }
}
