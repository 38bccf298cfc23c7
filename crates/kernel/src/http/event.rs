//! Events on their way to a browser's `EventSource` (WHATWG HTML, §9.2).

use std::{
    convert::Infallible,
    fmt::Display,
    future::{Ready, ready},
};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::Serialize;
use serde_json::Value;

use crate::problem::{Kind, Problem};

/// The media type of a stream of events.
pub const EVENT_STREAM: &str = "text/event-stream";

/// How long a client waits before it comes again, in milliseconds.
const RETRY: u32 = 3000;

/// One event of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerEvent {
    id: String,
    name: &'static str,
    data: String,
}

/// The `Last-Event-ID` of a client that comes again: what it has heard last. One of more than 256
/// bytes is none of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastEventId(
    /// The event's id.
    pub Option<String>,
);

impl ServerEvent {
    /// An event of this name with a JSON body; `id` is what a client that comes again has heard last.
    pub fn new(
        id: impl Display,
        name: &'static str,
        body: &impl Serialize,
    ) -> Result<Self, Problem> {
        let told = |error: serde_json::Error| Problem::new(Kind::Internal, error.to_string());
        let data = serde_json::to_string(body).map_err(told)?; // one line, as JSON text is
        let id = id.to_string().chars().filter(|it| !it.is_control()).collect();
        Ok(Self { id, name, data })
    }

    /// As it goes over the wire.
    pub(crate) fn text(&self) -> String {
        let Self { id, name, data } = self;
        format!("id: {id}\nevent: {name}\ndata: {data}\n\n")
    }

    /// As it goes through a WebSocket: the same members in one JSON document.
    pub(crate) fn message(&self) -> String {
        let Self { id, name, data } = self;
        format!(r#"{{"id":{},"event":"{name}","data":{data}}}"#, Value::from(id.as_str()))
    }
}

/// What a stream begins with.
pub(crate) fn greeting() -> String {
    format!("retry: {RETRY}\n\n")
}

/// What keeps a connection alive on which nothing happens.
pub(crate) const HEARTBEAT: &str = ": still here\n\n";

impl FromRequest for LastEventId {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request.headers().get("last-event-id").and_then(|it| it.to_str().ok());
        let id = id.filter(|it| (1..=256).contains(&it.len()));
        ready(Ok(Self(id.map(str::to_owned))))
    }
}
