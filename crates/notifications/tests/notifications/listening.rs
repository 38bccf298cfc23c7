//! Listening to one's inbox, as a browser's `EventSource` does.

use std::net::SocketAddr;

use kernel::UserId;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    time::{Duration, timeout},
};

use crate::{app, features, wave_at};

/// Somebody who listens.
struct Ear(BufReader<TcpStream>);

/// An event as it came.
#[derive(Debug, PartialEq)]
struct Heard {
    id: i64,
    name: String,
    data: Value,
}

impl Ear {
    /// Listens in this account's name, with more headers.
    async fn open(address: SocketAddr, user: UserId, headers: &str) -> Self {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!(
            "GET /api/v1/notifications/stream HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {user}\r\n\
             {headers}\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        Self(BufReader::new(stream))
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        let read = self.0.read_line(&mut line);
        timeout(Duration::from_secs(20), read).await.unwrap().unwrap();
        line
    }

    async fn event(&mut self) -> Heard {
        let mut heard = Heard { id: -1, name: String::new(), data: Value::Null };
        while heard.data.is_null() {
            let line = self.line().await;
            assert!(!line.is_empty(), "the stream ended");
            match line.trim_end().split_once(": ") {
                Some(("id", id)) => heard.id = id.parse().unwrap(),
                Some(("event", name)) => name.clone_into(&mut heard.name),
                Some(("data", data)) => heard.data = serde_json::from_str(data).unwrap(),
                _ => {}
            }
        }
        heard
    }

    /// The next notifications up to the counts that follow them: their places, and the counts.
    async fn until_counts(&mut self) -> (Vec<i64>, Value) {
        let mut places = Vec::new();
        loop {
            let heard = self.event().await;
            match heard.name.as_str() {
                "notification" => {
                    assert_eq!(heard.data["seq"], heard.id);
                    places.push(heard.id);
                }
                "counts" => return (places, heard.data),
                other => panic!("{other}"),
            }
        }
    }
}

#[actix_web::test]
async fn who_begins_hears_the_counts_and_then_what_comes() {
    let app = app("file:unused").await;
    let reader = app.staff(&[]);
    wave_at(&app, reader.user(), 2).await;
    let mut ear = Ear::open(app.listen(), reader.user(), "").await;
    let counts = |unread, seq| json!({ "unread": unread, "as_of_seq": seq });
    assert_eq!(ear.until_counts().await, (vec![], counts(2, 2)));
    wave_at(&app, reader.user(), 1).await;
    let heard = ear.event().await;
    assert_eq!((heard.id, heard.data["title"].as_str().unwrap()), (3, "Ada waves"));
    assert_eq!(ear.until_counts().await, (vec![], counts(3, 3)));
}

#[actix_web::test]
async fn who_comes_again_misses_nothing_and_hears_nothing_twice() {
    let app = app("file:unused").await;
    let reader = app.staff(&[]);
    let address = app.listen();
    wave_at(&app, reader.user(), 250).await;
    for last in [0, 1, 249, 250] {
        let mut ear =
            Ear::open(address, reader.user(), &format!("Last-Event-ID: {last}\r\n")).await;
        let (places, counts) = ear.until_counts().await;
        assert_eq!(places, (last + 1..=250).collect::<Vec<_>>());
        assert_eq!(counts, json!({ "unread": 250, "as_of_seq": 250 }));
    }
}

#[actix_web::test]
async fn who_is_too_far_behind_is_told_once_to_read_the_list() {
    let app = app("file:unused").await;
    let reader = app.staff(&[]);
    let address = app.listen();
    wave_at(&app, reader.user(), 1002).await;
    // Too far behind, or ahead of all there is: the database was restored.
    for last in [1, 2000] {
        let mut ear =
            Ear::open(address, reader.user(), &format!("Last-Event-ID: {last}\r\n")).await;
        let heard = ear.event().await;
        assert_eq!((heard.name.as_str(), heard.id), ("resync", 1002));
        wave_at(&app, reader.user(), 1).await;
        assert_eq!(ear.until_counts().await.0, [1003]);
        crate::tamper(&app, "delete from notifications where seq = 1003").await;
        crate::tamper(&app, "update inboxes set last_seq = 1002, revision = revision + 1").await;
    }
}

#[actix_web::test]
async fn who_last_heard_what_is_gone_for_its_age_is_told_to_read_the_list() {
    let app = app("file:unused").await;
    let reader = app.staff(&[]);
    wave_at(&app, reader.user(), 2).await;
    app.database.clock.advance(chrono::TimeDelta::days(181));
    wave_at(&app, reader.user(), 1).await;
    app.run_jobs().await;
    let reader = app.sign_in(reader.user(), &[]);
    let address = app.listen();
    let mut ear = Ear::open(address, reader.user(), "Last-Event-ID: 1\r\n").await;
    assert_eq!(ear.event().await.name, "resync");
    let mut ear = Ear::open(address, reader.user(), "Last-Event-ID: 2\r\n").await;
    assert_eq!(ear.until_counts().await.0, [3], "nothing is missing");
}

#[actix_web::test]
async fn a_mark_is_heard_in_every_tab() {
    let app = app("file:unused").await;
    let reader = app.staff(&[]);
    wave_at(&app, reader.user(), 3).await;
    let address = app.listen();
    let mut tabs =
        [Ear::open(address, reader.user(), "").await, Ear::open(address, reader.user(), "").await];
    for tab in &mut tabs {
        assert_eq!(tab.until_counts().await.1["unread"], 3);
    }
    let all = "/api/v1/notifications/mark-all-read";
    reader.post(all, json!({ "up_to_seq": 2 })).await.ok();
    for tab in &mut tabs {
        assert_eq!(tab.until_counts().await, (vec![], json!({ "unread": 1, "as_of_seq": 3 })));
    }
}

/// What one replica delivers is heard on another, which nobody tells, within a second.
#[actix_web::test]
async fn a_listener_hears_what_another_replica_delivers() {
    let app = app("file:unused").await;
    if app.database.config.file().is_some() {
        return; // one process serves a SQLite file
    }
    let other = app.replica(features("file:unused")).await;
    let reader = app.staff(&[]);
    let mut ear = Ear::open(other.listen(), reader.user(), "").await;
    ear.until_counts().await;
    for place in 1..=3 {
        wave_at(&app, reader.user(), 1).await;
        assert_eq!(ear.until_counts().await.0, [place]);
    }
}

/// ASVS 7.4.1.
#[actix_web::test]
async fn listening_ends_with_the_session() {
    let app = app("file:unused").await;
    let reader = app.staff(&[]);
    let mut ear = Ear::open(app.listen(), reader.user(), "Connection: close\r\n").await;
    ear.until_counts().await;
    app.sign_out(&reader);
    while !ear.line().await.is_empty() {}
}

#[actix_web::test]
async fn so_many_listen_in_one_name_and_no_more() {
    let app = app("file:unused").await;
    let (reader, other) = (app.staff(&[]), app.staff(&[]));
    let address = app.listen();
    let mut ears = Vec::new();
    for _ in 0..30 {
        let mut ear = Ear::open(address, reader.user(), "").await;
        ear.until_counts().await;
        ears.push(ear);
    }
    let mut ear = Ear::open(address, reader.user(), "").await;
    assert!(ear.line().await.starts_with("HTTP/1.1 429"));
    let mut ear = Ear::open(address, other.user(), "").await;
    assert!(ear.line().await.starts_with("HTTP/1.1 200"), "others are not held up");
}
