//! The server is asked to end while it has its hands full (R7).

use std::{
    io::Write,
    net::TcpListener,
    thread::{self, sleep},
    time::{Duration, Instant},
};

use serde_json::json;

use super::ADMINISTERED;
use crate::{
    books::Books,
    process::{Place, Server},
    wire::{Client, connect, login, read_reply},
};

/// Before this a process is gone, or its supervisor kills it.
const GONE: Duration = Duration::from_secs(10);

#[actix_web::test]
async fn a_server_that_is_to_end_says_so_first_and_leaves_nothing_undone() {
    let (place, silent) = (Place::new().await, silent_mail_server());
    let server = place.serve(&[ADMINISTERED[0], ADMINISTERED[1], ("MAIL_URL", &silent)]);
    let client = Client::administrator(&server.address);
    let books = Books::open(&place.database.url).await;
    let new =
        json!({ "email": "ada@example.com", "password": "a long enough secret", "name": "Ada" });
    assert_eq!(client.post("/api/v1/auth/register", &new).unwrap().status, 202);
    let running = "select count(*) from jobs where kind = 'notifications.send_mail' \
                   and state = 'running' and lease_id is not null";
    while books.number(running).await == 0 {
        sleep(Duration::from_millis(20));
    }

    let late = late_login(&server.address);
    let logins: Vec<_> = (0..4).map(|_| begin_login(&server.address)).collect();
    sleep(Duration::from_millis(50));
    let asked = Instant::now();
    server.ask_to_end();

    let answered = is_announced(&server, &client);
    for login in logins {
        assert_eq!(login.join().unwrap(), 200, "under way when it was asked to end");
    }
    assert_eq!(late.join().unwrap(), 200, "under way when it stopped to listen");
    let (code, log) = server.ended();
    let took = asked.elapsed();
    assert_eq!(code, Some(0), "{log}");
    assert!(took < GONE, "{took:?}");
    println!("ended {took:?} after it was asked; {answered} requests were answered meanwhile");

    let back = "select count(*) from jobs where kind = 'notifications.send_mail' \
                and state = 'ready' and lease_id is null and lease_until is null and attempts = 0";
    assert_eq!(books.number(back).await, 1, "the job is anybody's again, and this did not count");
    assert_eq!(books.number("select count(*) from jobs where state <> 'ready'").await, 0);
    books.are_sound().await;
    books.close().await;
}

/// Load balancers hear of it while requests are still answered; answers how many were.
fn is_announced(server: &Server, client: &Client) -> usize {
    let begun = Instant::now();
    let mut answered = 0;
    while begun.elapsed() < Duration::from_millis(100) || answered == 0 {
        if client.get("/readyz").unwrap().status == 503 {
            answered += 1;
        }
        assert!(begun.elapsed() < Duration::from_secs(1), "nobody was told");
    }
    while begun.elapsed() < Duration::from_millis(800) {
        assert_eq!(client.get("/readyz").unwrap().status, 503);
        assert_eq!(client.get("/api/v1/users/me").unwrap().status, 200);
        assert_eq!(client.rename(&format!("Ada {answered}")).unwrap().status, 200);
        answered += 1;
    }
    assert_eq!(Client::stranger(&server.address).get("/livez").unwrap().status, 200);
    answered
}

fn begin_login(address: &str) -> thread::JoinHandle<u16> {
    let client = Client::stranger(address);
    thread::spawn(move || client.post("/api/v1/auth/login", &login()).unwrap().status)
}

/// A login whose body is complete only two and a half seconds later.
fn late_login(address: &str) -> thread::JoinHandle<u16> {
    let (body, mut stream) = (login().to_string(), connect(address).unwrap());
    thread::spawn(move || {
        let (first, rest) = body.split_at(10);
        let head = "POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json";
        let begun = format!("{head}\r\nContent-Length: {}\r\n\r\n{first}", body.len());
        stream.write_all(begun.as_bytes()).unwrap();
        sleep(Duration::from_millis(2500));
        stream.write_all(rest.as_bytes()).unwrap();
        read_reply(&mut stream).unwrap().status
    })
}

/// One that takes connections and never says a word.
fn silent_mail_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        let taken: Vec<_> = listener.incoming().collect();
        drop(taken);
    });
    url
}
