//! Every connection waits for a row that somebody else holds (R5, ASVS 13.2.6).

use std::{
    thread::{self, sleep},
    time::Duration,
};

use super::ADMINISTERED;
use crate::{
    books::Books,
    process::Place,
    wire::{ADMINISTRATOR, Client},
};

#[actix_web::test]
async fn who_finds_every_connection_taken_is_told_to_come_again() {
    let place = Place::new().await;
    if !place.database.url.starts_with("postgres") {
        return; // SQLite has no rows that are locked
    }
    let server = place.serve(&ADMINISTERED);
    let client = Client::administrator(&server.address);
    let books = Books::open(&place.database.url).await;
    let hold = format!("select id from users where email = '{ADMINISTRATOR}' for update");
    books.execute("begin").await;
    books.execute(&hold).await;

    // The pool has two connections that write.
    let waiting: Vec<_> = (0..2).map(|number| renaming(&client, &format!("W {number}"))).collect();
    sleep(Duration::from_millis(300));
    let excess: Vec<_> = (0..30).map(|number| renaming(&client, &format!("E {number}"))).collect();
    for excess in excess {
        let reply = excess.join().unwrap();
        assert!(reply.is_problem(503, "unavailable"), "{}", reply.text);
        assert_eq!(reply.header("retry-after"), "1");
        assert!(reply.took < Duration::from_secs(2), "{:?}", reply.took);
    }
    assert_eq!(client.get("/api/v1/users/me").unwrap().status, 200, "others can read");
    assert_eq!(client.get("/readyz").unwrap().status, 200);

    books.execute("rollback").await;
    books.close().await;
    for waiting in waiting {
        assert_eq!(waiting.join().unwrap().status, 200);
    }
    assert_eq!(client.rename("Ada").unwrap().status, 200);
}

/// Nobody waits for ever: the database itself ends a statement after ten seconds.
#[actix_web::test]
async fn who_waits_for_a_row_too_long_is_told_to_come_again() {
    let place = Place::new().await;
    if !place.database.url.starts_with("postgres") {
        return;
    }
    let server = place.serve(&ADMINISTERED);
    let client = Client::administrator(&server.address);
    let books = Books::open(&place.database.url).await;
    let hold = format!("select id from users where email = '{ADMINISTRATOR}' for update");
    books.execute("begin").await;
    books.execute(&hold).await;
    let reply = client.rename("Ada").unwrap();
    assert!(reply.is_problem(503, "unavailable"), "{}", reply.text);
    assert!(reply.took < Duration::from_secs(12), "{:?}", reply.took);
    books.execute("rollback").await;
    books.close().await;
    assert_eq!(client.rename("Ada").unwrap().status, 200);
}

fn renaming(client: &Client, name: &str) -> thread::JoinHandle<crate::wire::Reply> {
    let (client, name) = (client.clone(), name.to_owned());
    thread::spawn(move || client.rename(&name).unwrap())
}
