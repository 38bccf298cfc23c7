//! Many processes start at once on an empty database (R12): `SOAK_STARTS=100` is the long form.

use std::{
    fs,
    process::Stdio,
    thread::{self, sleep},
};

use super::{ADMINISTERED, a_while, count};
use crate::{
    books::Books,
    process::{Place, Server},
    wire::Client,
};

const CROWD: usize = 8;

#[actix_web::test]
async fn processes_that_start_at_once_make_one_schema_and_one_administrator() {
    for _ in 0..count("SOAK_STARTS", 1) {
        let place = Place::new().await;
        if !place.database.url.starts_with("postgres") {
            return;
        }
        empty(&place).await;
        let servers: Vec<Server> = thread::scope(|scope| {
            let starting: Vec<_> =
                (0..CROWD).map(|_| scope.spawn(|| place.serve(&ADMINISTERED))).collect();
            starting.into_iter().map(|it| it.join().unwrap()).collect()
        });
        for server in &servers {
            assert!(server.get("/readyz").starts_with("HTTP/1.1 200"), "{}", server.log());
        }
        let told = servers.iter().filter(|it| it.told.contains("Password")).count();
        assert_eq!(told, 1, "one made the administrator and says so");
        let books = Books::open(&place.database.url).await;
        is_there_once(&books).await;
        books.close().await;
        everybody_knows_everybody(&servers);
    }
}

/// A process that dies on its way up leaves neither half a schema nor a lock that holds up others.
#[actix_web::test]
async fn a_process_that_is_killed_while_it_starts_holds_nobody_up() {
    for _ in 0..count("SOAK_STARTS", 3) {
        let place = Place::new().await;
        empty(&place).await;
        let mut dying = place.command(&[], &ADMINISTERED);
        let mut dying = dying.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        sleep(a_while() / 2);
        dying.kill().unwrap();
        dying.wait().unwrap();

        let server = place.serve(&ADMINISTERED);
        let client = Client::administrator(&server.address);
        assert_eq!(client.get("/readyz").unwrap().status, 200, "{}", server.log());
        let books = Books::open(&place.database.url).await;
        books.are_sound().await;
        is_there_once(&books).await;
        books.close().await;
    }
}

/// Takes everything away that a test's database comes with.
async fn empty(place: &Place) {
    if let Some(file) = place.database.url.strip_prefix("sqlite:") {
        return fs::remove_file(file).unwrap();
    }
    let books = Books::open(&place.database.url).await;
    books.execute("drop schema public cascade").await;
    books.execute("create schema public").await;
    books.close().await;
}

async fn is_there_once(books: &Books) {
    let all = i64::try_from(migration::steps()).unwrap();
    for (what, many) in [
        ("select count(*) from seaql_migrations", all),
        ("select count(distinct version) from seaql_migrations", all),
        ("select count(*) from users", 1),
        ("select count(*) from role_assignments", 1),
    ] {
        assert_eq!(books.number(what).await, many, "{what}");
    }
}

/// Whoever signs in at one of them is known at all.
fn everybody_knows_everybody(servers: &[Server]) {
    for server in servers {
        let client = Client::administrator(&server.address);
        for other in servers {
            let reply = client.at(&other.address).get("/api/v1/users/me").unwrap();
            assert_eq!(reply.status, 200, "{}", reply.text);
        }
    }
}

#[actix_web::test]
async fn of_processes_that_start_at_once_on_one_sqlite_file_one_serves_and_the_others_say_why_not()
{
    for _ in 0..count("SOAK_STARTS", 1) {
        let place = Place::new().await;
        if place.database.url.starts_with("postgres") {
            return;
        }
        empty(&place).await;

        let (servers, others): (Vec<_>, Vec<_>) = thread::scope(|scope| {
            let start = || place.try_ready(place.command(&[], &[]));
            let starting: Vec<_> = (0..CROWD).map(|_| scope.spawn(start)).collect();
            starting.into_iter().map(|it| it.join().unwrap()).partition(Result::is_ok)
        });
        assert_eq!((servers.len(), others.len()), (1, CROWD - 1));
        for (code, why) in others.into_iter().filter_map(Result::err) {
            assert_eq!(code, Some(1), "{why}");
            assert!(why.contains("another server is running on"), "{why}");
        }
        let server = servers.into_iter().find_map(Result::ok).unwrap();
        assert!(server.get("/readyz").starts_with("HTTP/1.1 200"));
        let books = Books::open(&place.database.url).await;
        books.are_sound().await;
        is_there_once(&books).await;
        books.close().await;
    }
}
