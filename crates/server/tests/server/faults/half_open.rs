//! Clients that begin and do not go on (R6): `SOAK_CLIENTS=300` of each kind is the long form.

use std::{
    fs,
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    thread::sleep,
    time::{Duration, Instant},
};

use super::{ADMINISTERED, count};
use crate::{
    process::{Place, Server},
    wire::{Client, connect},
};

/// What is sent of a request before nothing more comes, and how long that is borne.
const BEGINNINGS: [(&str, Duration); 4] = [
    ("", Duration::from_secs(7)),
    ("GET /livez HT", Duration::from_secs(7)),
    (
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\
         Content-Length: 1000\r\n\r\n{\"email\": \"",
        Duration::from_secs(16),
    ),
    (
        "POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\n\r\n400\r\n{\"email\": \"",
        Duration::from_secs(16),
    ),
];

/// How long who asks in full waits at the most while the others stand around.
const SOON: Duration = Duration::from_secs(2);

#[actix_web::test]
async fn clients_that_begin_and_do_not_go_on_keep_nobody_waiting_and_are_let_go() {
    let place = Place::new().await;
    let server = place.serve(&ADMINISTERED);
    let client = Client::administrator(&server.address);
    let before = connections(&server);
    let (begun, crowd) = (Instant::now(), count("SOAK_CLIENTS", 50));
    let mut standing = Vec::new();
    for (beginning, patience) in BEGINNINGS {
        for _ in 0..crowd {
            let mut stream = connect(&server.address).unwrap();
            stream.write_all(beginning.as_bytes()).unwrap();
            stream.set_nonblocking(true).unwrap();
            standing.push((stream, patience));
        }
    }
    let (all, mut asked, mut worst) = (standing.len(), 0, Duration::ZERO);
    while !standing.is_empty() {
        let fresh = Client::stranger(&server.address).get("/livez").unwrap();
        let name = client.rename(&format!("Ada {asked}")).unwrap();
        let me = client.get("/api/v1/users/me").unwrap();
        for reply in [&fresh, &name, &me] {
            assert_eq!(reply.status, 200, "{}", reply.text);
            assert!(reply.took < SOON, "{:?}", reply.took);
            worst = worst.max(reply.took);
        }
        asked += 3;
        standing.retain_mut(|(stream, _)| is_open(stream));
        for (_, patience) in &standing {
            let took = begun.elapsed();
            assert!(took < *patience + SOON, "{} still stand after {took:?}", standing.len());
        }
        sleep(Duration::from_millis(50));
    }
    println!(
        "{all} half-open connections were let go within {:?}; {asked} requests meanwhile, {worst:?} at the most",
        begun.elapsed()
    );
    let begun = Instant::now();
    while connections(&server) > before {
        assert!(begun.elapsed() < Duration::from_secs(7), "{before} {}", connections(&server));
        sleep(Duration::from_millis(50));
    }
}

/// Whether the other side has not closed it yet, whatever it says before.
fn is_open(stream: &mut TcpStream) -> bool {
    let mut piece = [0; 4096];
    loop {
        match stream.read(&mut piece) {
            Ok(0) => return false,
            Ok(_) => {}
            Err(error) => return error.kind() == ErrorKind::WouldBlock,
        }
    }
}

/// How many files the process holds open, sockets among them; only Linux tells.
fn connections(server: &Server) -> usize {
    fs::read_dir(format!("/proc/{}/fd", server.id())).map_or(0, Iterator::count)
}
