//! Clients that send too much, too slowly or something else than they say (ASVS 4.2, 15.2.2).

use std::{
    fs,
    io::{ErrorKind, Write},
    net::TcpStream,
    sync::Barrier,
    thread::{self, sleep},
    time::Duration,
};

use crate::{
    process::{Place, Server},
    wire::{Client, Reply, closed, connect, read_reply},
};

/// The most that serving these clients may add to the memory of the process.
const MOST_MEMORY: u64 = 16 * 1024;

const LOGIN: &str = "POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json";

async fn server() -> (Place, Server) {
    let place = Place::new().await;
    let server = place.serve(&[]);
    (place, server)
}

/// A connection on which this head of a login has been sent.
fn login(server: &Server, more: &str) -> TcpStream {
    let mut stream = connect(&server.address).unwrap();
    stream.write_all(format!("{LOGIN}\r\n{more}\r\n\r\n").as_bytes()).unwrap();
    stream
}

fn lives(server: &Server) {
    assert_eq!(Client::stranger(&server.address).get("/livez").unwrap().status, 200);
}

#[actix_web::test]
async fn a_body_that_trickles_in_is_given_up_after_ten_seconds() {
    let (_place, server) = server().await;
    let mut stream = login(&server, "Content-Length: 1000");
    let mut writer = stream.try_clone().unwrap();
    let trickling = thread::spawn(move || {
        while writer.write_all(b" ").is_ok() {
            sleep(Duration::from_millis(250));
        }
    });
    let reply = read_reply(&mut stream).unwrap();
    assert!(reply.is_problem(408, "request_timeout"), "{} {}", reply.head, reply.text);
    let took = reply.took.as_secs_f64();
    assert!((9.5..11.5).contains(&took), "{took}");
    assert!(closed(&mut stream) < Duration::from_secs(6));
    drop(stream);
    trickling.join().unwrap();
    lives(&server);
}

#[actix_web::test]
async fn a_head_that_never_ends_is_given_up_after_five_seconds() {
    let (_place, server) = server().await;
    let mut stream = connect(&server.address).unwrap();
    stream.write_all(b"GET /livez HTTP/1.1\r\nHost: a\r\n").unwrap();
    let mut writer = stream.try_clone().unwrap();
    let trickling = thread::spawn(move || {
        while writer.write_all(b"A: b\r\n").is_ok() {
            sleep(Duration::from_millis(250));
        }
    });
    let took = closed(&mut stream);
    assert!(took < Duration::from_secs(6), "{took:?}");
    drop(stream);
    trickling.join().unwrap();
    lives(&server);
}

#[actix_web::test]
async fn a_connection_on_which_nothing_is_asked_is_closed() {
    let (_place, server) = server().await;
    let mut silent = connect(&server.address).unwrap();
    let took = closed(&mut silent);
    assert!(took < Duration::from_secs(6), "nothing was ever asked: {took:?}");

    let mut idle = connect(&server.address).unwrap();
    idle.write_all(b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    assert_eq!(read_reply(&mut idle).unwrap().status, 200);
    let took = closed(&mut idle);
    assert!(took < Duration::from_secs(7), "nothing more was asked: {took:?}");
}

#[actix_web::test]
async fn a_head_that_is_too_long_is_refused() {
    let (_place, server) = server().await;
    let mut stream = connect(&server.address).unwrap();
    let head = format!("GET /livez HTTP/1.1\r\nHost: a\r\nA: {}", "a".repeat(1024 * 1024));
    // The server need not read all of it.
    let _ = stream.write_all(head.as_bytes());
    if let Ok(reply) = read_reply(&mut stream) {
        assert!(matches!(reply.status, 400 | 431), "{}", reply.head);
    }
    assert!(closed(&mut stream) < Duration::from_secs(6));
    lives(&server);
}

#[actix_web::test]
async fn a_body_that_says_it_is_too_long_is_refused_unread() {
    let (_place, server) = server().await;
    let mut stream = login(&server, "Content-Length: 1073741824");
    let reply = read_reply(&mut stream).unwrap();
    assert!(reply.is_problem(413, "too_large"), "{} {}", reply.head, reply.text);
    assert!(reply.took < Duration::from_secs(1), "{:?}", reply.took);
    assert!(closed(&mut stream) < Duration::from_secs(6));
}

#[actix_web::test]
async fn a_body_without_end_is_refused_at_its_limit() {
    let (_place, server) = server().await;
    let mut stream = login(&server, "Transfer-Encoding: chunked");
    let mut writer = stream.try_clone().unwrap();
    let piece = format!("400\r\n{}\r\n", " ".repeat(1024));
    for _ in 0..63 {
        writer.write_all(piece.as_bytes()).unwrap();
    }
    stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    let early = read_reply(&mut stream).map_err(|error| error.kind());
    assert_eq!(early.err(), Some(ErrorKind::WouldBlock), "63 KiB are not too many");
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    for _ in 0..2 {
        writer.write_all(piece.as_bytes()).unwrap();
    }
    let reply = read_reply(&mut stream).unwrap();
    assert!(reply.is_problem(413, "too_large"), "{} {}", reply.head, reply.text);

    // What follows all the same is read and forgotten.
    let before = memory(&server, "VmRSS");
    for _ in 0..32 * 1024 {
        if writer.write_all(piece.as_bytes()).is_err() {
            break;
        }
    }
    let grown = memory(&server, "VmHWM").saturating_sub(before);
    assert!(grown < MOST_MEMORY, "{grown} KiB");
    lives(&server);
}

/// RUSTSEC-2026-0447 and its kin: what is not unpacked cannot blow up.
#[actix_web::test]
async fn packed_bodies_are_refused_and_take_no_memory() {
    let (_place, server) = server().await;
    let bomb = bomb();
    assert!((32 * 1024..64 * 1024).contains(&bomb.len()), "{}", bomb.len());
    lives(&server);
    let before = memory(&server, "VmRSS");
    let ready = Barrier::new(8);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let length = bomb.len();
                let more = format!("Content-Encoding: gzip\r\nContent-Length: {length}");
                let mut stream = login(&server, &more);
                ready.wait();
                // Refused before it is read, the connection may be closed already.
                let _ = stream.write_all(&bomb);
                let reply: Reply = read_reply(&mut stream).unwrap();
                assert!(reply.is_problem(415, "unsupported_media_type"), "{}", reply.text);
            });
        }
    });
    let grown = memory(&server, "VmHWM").saturating_sub(before);
    assert!(grown < MOST_MEMORY, "{grown} KiB");
    println!("eight packed bodies took {grown} KiB");
}

#[test]
fn nothing_in_the_tree_unpacks_bodies_and_the_tree_is_not_too_big() {
    let features = tree(&["-e", "features"]);
    let unpacking: Vec<_> = features.lines().filter(|it| it.contains("\"compress-")).collect();
    assert!(features.contains("actix-http feature") && unpacking.is_empty(), "{unpacking:?}");

    let all = tree(&["-e", "normal", "--prefix", "none"]);
    let mut crates: Vec<_> = all.lines().map(|it| it.trim_end_matches(" (*)")).collect();
    crates.sort_unstable();
    crates.dedup();
    assert!(crates.len() > 100 && crates.len() < 420, "{}", crates.len());
    println!("{} crates are compiled into the server", crates.len());
}

#[expect(clippy::disallowed_methods, reason = "cargo knows")]
fn tree(arguments: &[&str]) -> String {
    let mut cargo = std::process::Command::new(env!("CARGO"));
    cargo.args(["tree", "-p", "server", "--offline", "--locked"]).args(arguments);
    let output = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// About 61 KB that unpack to 60 MiB.
#[expect(clippy::disallowed_methods, reason = "gzip packs it")]
fn bomb() -> Vec<u8> {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("bomb");
    fs::File::create(&file).unwrap().set_len(60 * 1024 * 1024).unwrap();
    let packed = std::process::Command::new("gzip").args(["-9", "-c"]).arg(file).output().unwrap();
    packed.stdout
}

/// A figure of the process, in KiB; only Linux tells.
fn memory(server: &Server, which: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.id()));
    if !cfg!(target_os = "linux") {
        return 0;
    }
    let status = status.unwrap();
    let line = status.lines().find(|line| line.starts_with(which)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
