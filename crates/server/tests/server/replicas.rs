//! Two processes on one database.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    faults::ADMINISTERED,
    process::Place,
    wire::{Client, Reply},
};

/// The id of the session that asks.
fn current(client: &Client) -> String {
    let seen = client.get("/api/v1/auth/sessions").unwrap().body();
    let own = seen["items"].as_array().unwrap().iter().find(|it| it["current"] == true);
    own.and_then(|it| it["id"].as_str()).expect("the session that asks").to_owned()
}

fn status(reply: std::io::Result<Reply>) -> u16 {
    reply.unwrap().status
}

/// ASVS 7.4.1, A13: an ended session's access token is good for nothing, here at once and on the other
/// replica within a second.
#[actix_web::test]
async fn an_ended_session_is_refused_here_at_once_and_on_the_other_replica_within_a_second() {
    let place = Place::new().await;
    if !place.database.url.starts_with("postgres") {
        return; // one process serves a SQLite file
    }
    let servers = [place.serve(&ADMINISTERED), place.serve(&ADMINISTERED)];
    let [here, there] = servers.each_ref().map(|it| it.address.as_str());
    for everything in [false, true] {
        let (own, lost) = (Client::administrator(here), Client::administrator(here));
        let elsewhere = lost.at(there);
        for client in [&own, &lost, &elsewhere] {
            assert_eq!(status(client.get("/api/v1/users/me")), 200);
        }
        let path = if everything {
            "/api/v1/auth/sessions?scope=others".to_owned()
        } else {
            format!("/api/v1/auth/sessions/{}", current(&lost))
        };
        assert_eq!(status(own.delete(&path)), 204);
        let ended = Instant::now();
        assert!(lost.get("/api/v1/users/me").unwrap().is_problem(401, "invalid_token"));
        while status(elsewhere.get("/api/v1/users/me")) != 401 {
            assert!(ended.elapsed() < Duration::from_secs(1), "it is still good there");
            sleep(Duration::from_millis(10));
        }
        assert_eq!(status(own.at(there).get("/api/v1/users/me")), 200, "the other one goes on");
        println!("refused on the other replica after {:?}", ended.elapsed());
    }
    let seen: Value = Client::administrator(there).get("/api/v1/auth/sessions").unwrap().body();
    assert!(seen["items"][0]["ip"] == "127.0.0.1", "{seen}");
}
