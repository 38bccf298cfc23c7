//! Listening over a WebSocket, and what a client may not do there (A15).

use kernel::{
    UserId,
    testing::{App, Said, Socket},
};
use serde_json::json;

use crate::{app, wave_at};

const WS: &str = "/api/v1/notifications/ws";

async fn open(app: &App, user: UserId, query: &str) -> Socket {
    let token = format!("Bearer {user}");
    let path = format!("{WS}{query}");
    Socket::open(app.listen(), &path, &[("Authorization", &token)]).await.unwrap()
}

/// A socket whose owner has heard how their inbox stands.
async fn quiet(app: &App, user: UserId) -> Socket {
    let mut socket = open(app, user, "").await;
    let Said::Message(counts) = socket.event().await else { panic!("no counts") };
    assert_eq!(counts["event"], "counts");
    socket
}

#[actix_web::test]
async fn what_comes_is_a_message_each_and_the_counts_follow() {
    let app = app("file:unused").await;
    let reader = app.staff(&[]);
    wave_at(&app, reader.user(), 2).await;
    let mut socket = open(&app, reader.user(), "?last_event_id=1").await;
    let Said::Message(second) = socket.event().await else { panic!() };
    assert_eq!((&second["id"], &second["event"]), (&json!("2"), &json!("notification")));
    assert_eq!(
        (&second["data"]["seq"], &second["data"]["title"]),
        (&json!(2), &json!("Ada waves"))
    );
    let counts = json!({ "id": "2", "event": "counts", "data": { "unread": 2, "as_of_seq": 2 } });
    assert_eq!(socket.event().await, Said::Message(counts));
    wave_at(&app, reader.user(), 1).await;
    let Said::Message(third) = socket.event().await else { panic!() };
    assert_eq!(third["id"], "3");
}

/// A15, Directus CVE-2026-126539: no message widens what is heard, for none is read.
#[actix_web::test]
async fn a_message_ends_the_socket_whatever_it_says() {
    let app = app("file:unused").await;
    let (reader, other) = (app.staff(&[]), app.staff(&[]));
    wave_at(&app, other.user(), 1).await;
    for message in [
        json!({ "type": "auth", "access_token": "forged" }),
        json!({ "type": "auth", "access_token": other.user() }),
        json!({ "type": "subscribe", "user_id": other.user() }),
    ] {
        let mut socket = quiet(&app, reader.user()).await;
        socket.say(&message.to_string()).await.unwrap();
        assert_eq!(socket.event().await, Said::Close(1003, "nothing is read here".into()));
        assert_eq!(socket.event().await, Said::Gone);
    }
}

/// A15: a frame is measured before it is kept.
#[actix_web::test]
async fn a_large_frame_ends_the_socket_with_1009() {
    let app = app("file:unused").await;
    let reader = app.staff(&[]);
    let mut socket = quiet(&app, reader.user()).await;
    let _ = socket.frame(0x82, &vec![0; 1024 * 1024]).await;
    assert_eq!(socket.event().await, Said::Close(1009, "too large".into()));
    // One that says it is larger than all memory; nothing of it need come.
    let mut socket = quiet(&app, reader.user()).await;
    socket.send(&[0x82, 0xff, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]).await.unwrap();
    assert_eq!(socket.event().await, Said::Close(1009, "too large".into()));
}

/// A15: neither a thousand frames a second nor a message in a million fragments.
#[actix_web::test]
async fn a_flood_of_frames_ends_the_socket_with_4429() {
    let app = app("file:unused").await;
    let reader = app.staff(&[]);
    let mut socket = quiet(&app, reader.user()).await;
    let pings = [0x89, 0x80, 0, 0, 0, 0].repeat(1000);
    let _ = socket.send(&pings).await;
    let mut said = socket.event().await;
    while matches!(said, Said::Pong(_)) {
        said = socket.event().await;
    }
    assert_eq!(said, Said::Close(4429, "too many frames".into()));

    let mut socket = quiet(&app, reader.user()).await;
    let fragments = [&[0x01, 0x81, 0, 0, 0, 0, b'a'][..], &[0, 0x80, 0, 0, 0, 0].repeat(100_000)];
    let _ = socket.send(&fragments.concat()).await;
    let said = socket.event().await;
    assert!(matches!(said, Said::Close(1003 | 4429, _)), "{said:?}");
}

#[actix_web::test]
async fn a_ping_is_answered_with_what_it_says() {
    let app = app("file:unused").await;
    let mut socket = quiet(&app, app.staff(&[]).user()).await;
    socket.frame(0x89, b"are you there").await.unwrap();
    assert_eq!(socket.event().await, Said::Pong(b"are you there".to_vec()));
    socket.frame(0x8a, b"").await.unwrap(); // and a pong that nobody asked for is none of its business
    socket.frame(0x89, b"still").await.unwrap();
    assert_eq!(socket.event().await, Said::Pong(b"still".to_vec()));
}

/// RFC 6455, sections 5.1, 5.2 and 5.5.
#[actix_web::test]
async fn what_is_no_websocket_ends_with_1002() {
    let app = app("file:unused").await;
    let reader = app.staff(&[]);
    for bytes in [
        &[0x81, 0x01, b'a'][..],   // not masked
        &[0x83, 0x80, 0, 0, 0, 0], // an opcode that is none
        &[0x80, 0x80, 0, 0, 0, 0], // it goes on, but nothing has begun
    ] {
        let mut socket = quiet(&app, reader.user()).await;
        socket.send(bytes).await.unwrap();
        let said = socket.event().await;
        assert!(matches!(said, Said::Close(1002, _)), "{bytes:?}: {said:?}");
    }
    let mut socket = quiet(&app, reader.user()).await;
    socket.send(&[0xc1, 0x81, 0, 0, 0, 0, b'a']).await.unwrap(); // compressed, which nobody has agreed on
    let said = socket.event().await;
    assert!(matches!(said, Said::Close(1002, _) | Said::Gone), "{said:?}");
}

#[actix_web::test]
async fn who_says_goodbye_is_answered() {
    let app = app("file:unused").await;
    let mut socket = quiet(&app, app.staff(&[]).user()).await;
    socket.frame(0x88, &1000_u16.to_be_bytes()).await.unwrap();
    assert_eq!(socket.event().await, Said::Close(1000, "as you wish".into()));
    assert_eq!(socket.event().await, Said::Gone);
}

/// ASVS 7.4.1, A15: it is closed when the session ends, even in the middle of a silence.
#[actix_web::test]
async fn the_end_of_a_session_closes_it_with_4401() {
    let app = app("file:unused").await;
    let reader = app.staff(&[]);
    let mut socket = quiet(&app, reader.user()).await;
    app.sign_out(&reader);
    assert_eq!(socket.event().await, Said::Close(4401, "signed in no more".into()));
}

#[actix_web::test]
async fn the_end_of_the_server_closes_it_with_1001() {
    let app = app("file:unused").await;
    let mut socket = quiet(&app, app.staff(&[]).user()).await;
    app.ground.end_streams();
    assert_eq!(socket.event().await, Said::Close(1001, "the server ends".into()));
}

/// A15, ASVS 4.4.2, 4.4.4: who may not is told so before anything is upgraded, in this order.
#[actix_web::test]
async fn a_handshake_is_refused_like_any_request() {
    let app = app("file:unused").await;
    let (address, user) = (app.listen(), app.staff(&[]).user());
    let token = format!("Bearer {user}");
    let evil = ("Origin", "https://evil.example");
    for (query, headers, status) in [
        ("", vec![evil], "401"),
        ("", vec![("Authorization", "Bearer forged")], "401"),
        ("", vec![("Authorization", &*token), evil], "403"),
        ("", vec![("Authorization", &*token), ("Origin", "null")], "403"),
        ("?user_id=1", vec![("Authorization", &*token)], "422"),
    ] {
        let answer = Socket::open(address, &format!("{WS}{query}"), &headers).await;
        let answer = answer.map(drop).unwrap_err();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
        assert!(answer.contains("application/problem+json"), "{answer}");
    }
    let plain = app.bearer(&user.to_string()).get(WS).await;
    plain.problem(400, "websocket_expected");
    let ours = [("Authorization", &*token), ("Origin", "https://other.example.com")];
    Socket::open(address, WS, &ours).await.unwrap();
}
