//! Streams of events, as a browser's `EventSource` reads them.

use std::time::Duration;

use actix_web::{HttpResponse, get};
use kernel::{
    Can, Events, Feature, LastEventId, OrgView, Problem, ServerEvent,
    gate::MOST_STREAMS,
    testing::{Actor, App},
};
use serde_json::json;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    connection::exchange,
    demo::{
        READ,
        organization::{PERMISSIONS, Read},
    },
    files::body,
};

/// Counts to three, two at once, with a silence before the last.
struct Counter {
    told: u8,
    silences: u8,
}

impl Events<OrgView> for Counter {
    const HEARTBEAT: Duration = Duration::from_millis(5);

    async fn next(&mut self, _: &OrgView) -> Result<Option<Vec<ServerEvent>>, Problem> {
        if self.told == 2 && self.silences == 0 {
            self.silences += 1;
            return Ok(Some(Vec::new()));
        }
        let next = (self.told + 1)..=(if self.told < 2 { 2 } else { 3 });
        let event = |n: u8| ServerEvent::new(n, "counted", &json!({ "n": n, "text": "a\nb" }));
        let events = next.map(event).collect::<Result<Vec<_>, _>>()?;
        self.told += u8::try_from(events.len()).unwrap();
        Ok((!events.is_empty()).then_some(events))
    }

    async fn wait(&mut self) {
        tokio::time::sleep(Self::HEARTBEAT * 3).await;
    }
}

/// Has nothing to say, ever.
struct Silence;

impl Events<OrgView> for Silence {
    async fn next(&mut self, view: &OrgView) -> Result<Option<Vec<ServerEvent>>, Problem> {
        view.of::<tokio::sync::Semaphore>().add_permits(1);
        Ok(Some(Vec::new()))
    }
}

#[utoipa::path]
#[get("/count")]
async fn count(can: Can<Read>, LastEventId(last): LastEventId) -> Result<HttpResponse, Problem> {
    let told = last.and_then(|id| id.parse().ok()).unwrap_or_default();
    can.events(Counter { told, silences: 0 })
}

#[utoipa::path]
#[get("/silence")]
async fn silence(can: Can<Read>) -> Result<HttpResponse, Problem> {
    can.events(Silence)
}

fn routes(api: &mut ServiceConfig<'_>) {
    api.service(count).service(silence);
}

async fn app() -> App {
    let feature = Feature::new("listening")
        .organization_routes("/events", routes)
        .permissions(PERMISSIONS)
        .state(tokio::sync::Semaphore::new(0));
    App::of(vec![feature]).await
}

fn request(member: &Actor<'_>, path: &str) -> String {
    let (organization, user) = (member.organization, member.user());
    format!(
        "GET /api/v1/organizations/{organization}{path} HTTP/1.1\r\nHost: a\r\n\
         Authorization: Bearer {user}\r\nConnection: close\r\n\r\n"
    )
}

fn event(n: u8) -> String {
    format!("id: {n}\nevent: counted\ndata: {{\"n\":{n},\"text\":\"a\\nb\"}}\n\n")
}

#[actix_web::test]
async fn events_come_in_order_and_silence_is_filled() {
    let app = app().await;
    let heard = app.member(&[READ]).get("/events/count").await;
    assert_eq!(heard.header("content-type"), "text/event-stream");
    assert_eq!(
        (heard.header("cache-control"), heard.header("x-accel-buffering")),
        ("no-store", "no")
    );
    let text = heard.text.replace(": still here\n\n", "");
    assert_ne!(text, heard.text, "a heartbeat in the silence");
    assert_eq!(text, format!("retry: 3000\n\n{}{}{}", event(1), event(2), event(3)));
}

#[actix_web::test]
async fn who_comes_again_goes_on_where_they_were() {
    let app = app().await;
    let member = app.member(&[READ]);
    let heard = member.with("last-event-id", "2").get("/events/count").await;
    assert_eq!(heard.text.replace(": still here\n\n", ""), format!("retry: 3000\n\n{}", event(3)));
    assert_eq!(
        member.with("last-event-id", "3").get("/events/count").await.text,
        "retry: 3000\n\n"
    );
    for odd in ["", "nonsense", &"9".repeat(257)] {
        let heard = member.with("last-event-id", odd).get("/events/count").await;
        assert!(heard.text.contains("id: 1\n"), "{odd}");
    }
}

#[actix_web::test]
async fn a_stream_ends_with_the_server() {
    let app = app().await;
    let member = app.member(&[READ]);
    let ending = async {
        let listening = app.ground.db().registry().state::<tokio::sync::Semaphore>();
        listening.acquire().await.unwrap().forget();
        app.ground.end_streams();
    };
    let asked = request(&member, "/events/silence");
    let (heard, ()) = tokio::join!(exchange(&app.ground, &asked), ending);
    assert!(heard.ends_with("\r\n0\r\n\r\n"), "{heard}");
}

/// ASVS 7.4.1: whoever may not pass the door any more hears no more behind it.
#[actix_web::test]
async fn a_stream_ends_when_its_listener_may_not_listen_any_more() {
    let app = app().await;
    let member = app.member(&[READ]);
    let dismissing = async {
        let listening = app.ground.db().registry().state::<tokio::sync::Semaphore>();
        listening.acquire().await.unwrap().forget();
        app.dismiss(&member);
    };
    let (heard, ()) = tokio::join!(member.get("/events/silence"), dismissing);
    assert_eq!(heard.text, "retry: 3000\n\n");
}

/// ASVS 2.4.1: each stream is looked after every second, so nobody opens them without end.
#[actix_web::test]
async fn nobody_listens_to_more_than_so_many_streams_at_once() {
    let app = app().await;
    let (ada, eve) = (app.member(&[READ]), app.member(&[READ]));
    let mut open = Vec::new();
    for _ in 0..MOST_STREAMS {
        open.push(body(&app, &ada, "/events/silence").await);
    }
    let refused = ada.get("/events/count").await;
    assert_eq!(refused.header("retry-after"), "5");
    refused.problem(429, "too_many_requests");
    assert_eq!(eve.get("/events/count").await.status, 200);
    open.pop();
    assert_eq!(ada.get("/events/count").await.status, 200, "one has gone");
}
