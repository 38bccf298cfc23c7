//! Tickets: what a browser shows where it cannot send its token.

use chrono::TimeDelta;
use kernel::testing::{Actor, App, Said, Socket};
use serde_json::json;

use crate::{app, features, number, wave_at};

const ORIGIN: &str = "https://app.example.com";
const TICKETS: &str = "/api/v1/notifications/tickets";
const WS: &str = "/api/v1/notifications/ws";

/// A ticket for a WebSocket, made by a page of this origin.
async fn ticket(reader: &Actor<'_>, origin: &str) -> String {
    let made = reader.with("origin", origin).post(TICKETS, json!({ "stream": "websocket" })).await;
    let made = made.created();
    assert_eq!((&made["path"], &made["expires_in"]), (&json!(WS), &json!(60)));
    made["ticket"].as_str().unwrap().to_owned()
}

async fn open(app: &App, path: &str, ticket: &str, origin: &str) -> Result<Socket, String> {
    let headers = [("origin", origin)];
    let headers = if origin.is_empty() { &headers[..0] } else { &headers[..] };
    Socket::open(app.listen(), &format!("{path}?ticket={ticket}"), headers).await
}

#[track_caller]
fn refused(opened: Result<Socket, String>, status: u16, code: &str) {
    let answer = opened.map(drop).unwrap_err();
    assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
    assert!(answer.contains(&format!(r#""code":"{code}""#)), "{answer}");
}

/// ASVS 4.4.3, 4.4.4: a ticket is its holder's, for a minute to begin with, and then to come again with.
#[actix_web::test]
async fn a_ticket_is_good_for_a_minute_and_once_used_to_come_again() {
    let app = app("file:unused").await;
    let reader = app.staff(&[]);
    wave_at(&app, reader.user(), 1).await;
    let (used, late) = (ticket(&reader, ORIGIN).await, ticket(&reader, ORIGIN).await);
    for _ in 0..3 {
        let mut socket = open(&app, WS, &used, ORIGIN).await.unwrap();
        let Said::Message(heard) = socket.event().await else { panic!() };
        assert_eq!(heard["data"], json!({ "unread": 1, "as_of_seq": 1 }));
        app.database.clock.advance(TimeDelta::seconds(59));
    }
    refused(open(&app, WS, &late, ORIGIN).await, 401, "invalid_token");
}

/// ASVS 4.4.2, A15: it is good for pages of the origin that it was made for.
#[actix_web::test]
async fn a_ticket_of_another_origin_is_refused() {
    let app = app("file:unused").await;
    let reader = app.staff(&[]);
    let ticket = ticket(&reader, ORIGIN).await;
    refused(open(&app, WS, &ticket, "https://evil.example").await, 403, "origin_not_allowed");
    let other = "https://other.example.com"; // which may listen, but with tickets of its own
    refused(open(&app, WS, &ticket, other).await, 403, "origin_not_allowed");
    let evil = reader.with("origin", "https://evil.example");
    let refusal = evil.post(TICKETS, json!({ "stream": "websocket" })).await;
    refusal.problem(403, "origin_not_allowed");
    open(&app, WS, &ticket, ORIGIN).await.unwrap();
}

/// A8: a ticket opens the stream it was made for, and no other door.
#[actix_web::test]
async fn a_ticket_is_good_at_one_path_and_for_reading_only() {
    let app = app("file:unused").await;
    let reader = app.staff(&[]);
    let ticket = ticket(&reader, ORIGIN).await;
    refused(
        open(&app, "/api/v1/notifications/stream", &ticket, ORIGIN).await,
        401,
        "invalid_token",
    );
    let page = app.stranger().with("origin", ORIGIN);
    for path in ["/api/v1/notifications", "/api/v1/notifications/counts"] {
        page.get(&format!("{path}?ticket={ticket}")).await.problem(401, "invalid_token");
    }
    let read = format!("/api/v1/notifications/mark-all-read?ticket={ticket}");
    page.post(&read, json!({ "up_to_seq": 1 })).await.problem(401, "not_authenticated");
    page.get(&format!("{WS}?ticket=forged")).await.problem(401, "invalid_token");
    let bearer = app.bearer(&ticket).with("origin", ORIGIN);
    bearer.get("/api/v1/notifications").await.problem(401, "invalid_token");
}

/// ASVS 4.4.4, 7.4.1: it ends with the session it stands for.
#[actix_web::test]
async fn a_ticket_ends_with_its_session() {
    let app = app("file:unused").await;
    let reader = app.staff(&[]);
    let ticket = ticket(&reader, ORIGIN).await;
    let mut socket = open(&app, WS, &ticket, ORIGIN).await.unwrap();
    socket.event().await;
    app.sign_out(&reader);
    assert_eq!(socket.event().await, Said::Close(4401, "signed in no more".into()));
    refused(open(&app, WS, &ticket, ORIGIN).await, 401, "invalid_token");
    // Even when they sign in again: that is another session.
    app.sign_in(reader.user(), &[]);
    refused(open(&app, WS, &ticket, ORIGIN).await, 401, "invalid_token");
}

/// ASVS 4.4.3: in two replicas too.
#[actix_web::test]
async fn a_ticket_is_good_on_every_replica() {
    let app = app("file:unused").await;
    let other = app.replica(features("file:unused")).await;
    let reader = app.staff(&[]);
    let ticket = ticket(&reader, ORIGIN).await;
    open(&other, WS, &ticket, ORIGIN).await.unwrap();
    app.database.clock.advance(TimeDelta::hours(1));
    open(&app, WS, &ticket, ORIGIN).await.unwrap();
}

/// ASVS 14.2.4: who reads the database cannot listen.
#[actix_web::test]
async fn a_ticket_is_kept_as_its_hash_and_gone_when_it_is_no_more_good() {
    let app = app("file:unused").await;
    let reader = app.staff(&[]);
    let secret = ticket(&reader, ORIGIN).await;
    let held = kernel::token::hash(&secret)
        .iter()
        .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let hex = match app.database.config.file() {
        Some(_) => "lower(hex(hash))",
        None => "encode(hash, 'hex')",
    };
    let count = async || {
        number(&app, &format!("select count(*) from tickets where {hex} = '{held}'")).await
    };
    assert_eq!(count().await, 1);
    app.database.clock.advance(TimeDelta::minutes(2));
    app.run_jobs().await;
    app.database.clock.advance(TimeDelta::hours(1));
    app.run_jobs().await;
    assert_eq!(count().await, 0);
}
