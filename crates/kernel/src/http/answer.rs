//! Answers that need more than a body.

use std::fmt::Display;

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::{
        Method,
        header::{ETAG, IF_NONE_MATCH, LINK, LOCATION},
    },
};
use serde::Serialize;

use crate::db::{PageOf, Versioned};

/// 200: one thing, with its version as `ETag`; 304 to who has that version already.
pub struct Resource<T>(
    /// The thing.
    pub T,
);

/// 200: one thing that shows parts of others too. Its `ETag` is its own version, for `If-Match`; there is
/// no 304, for what else it shows changes without it.
pub struct Composite<T>(
    /// The thing.
    pub T,
);

/// 201: the new thing, and in `Location` where it is from now on.
pub struct Created<T> {
    id: String,
    body: T,
}

/// 202: begun, and in `Location` where to see what becomes of it.
pub struct Accepted<T> {
    place: String,
    body: T,
}

/// 204: done, and nothing to say.
pub struct NoContent;

impl<T> Created<T> {
    /// The new thing and its id, which follows the path it was posted to.
    pub fn at(id: impl Display, body: T) -> Self {
        Self { id: id.to_string(), body }
    }
}

impl<T> Accepted<T> {
    /// What was begun, and its place beside the path it was posted to: `imports/{id}`.
    pub fn beside(place: impl Display, body: T) -> Self {
        Self { place: place.to_string(), body }
    }
}

impl<T: Serialize + Versioned> Responder for Resource<T> {
    type Body = BoxBody;

    fn respond_to(self, req: &HttpRequest) -> HttpResponse {
        let tag = etag(&self.0);
        if req.method() == Method::GET && has_already(req, &tag) {
            return HttpResponse::NotModified().insert_header((ETAG, tag)).finish();
        }
        HttpResponse::Ok().insert_header((ETAG, tag)).json(self.0)
    }
}

impl<T: Serialize + Versioned> Responder for Composite<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().insert_header((ETAG, etag(&self.0))).json(self.0)
    }
}

impl<T: Serialize + Versioned> Responder for Created<T> {
    type Body = BoxBody;

    fn respond_to(self, req: &HttpRequest) -> HttpResponse {
        let location = format!("{}/{}", req.path().trim_end_matches('/'), self.id);
        let mut answer = HttpResponse::Created();
        answer.insert_header((LOCATION, location)).insert_header((ETAG, etag(&self.body)));
        answer.json(self.body)
    }
}

impl<T: Serialize> Responder for Accepted<T> {
    type Body = BoxBody;

    fn respond_to(self, req: &HttpRequest) -> HttpResponse {
        let above = req.path().rsplit_once('/').map_or("", |(above, _)| above);
        let location = (LOCATION, format!("{above}/{}", self.place));
        HttpResponse::Accepted().insert_header(location).json(self.body)
    }
}

impl Responder for NoContent {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::NoContent().finish()
    }
}

/// A page, and the same two directions as a `Link` header (RFC 8288).
impl<T: Serialize> Responder for PageOf<T> {
    type Body = BoxBody;

    fn respond_to(self, req: &HttpRequest) -> HttpResponse {
        let link = |cursor: &Option<String>, relation| {
            let cursor = cursor.as_ref()?;
            let pairs = req.query_string().split('&').filter(|pair| !pair.starts_with("cursor="));
            let mut query: Vec<_> = pairs.filter(|pair| !pair.is_empty()).collect();
            let cursor = format!("cursor={cursor}");
            query.push(&cursor);
            Some(format!(r#"<{}?{}>; rel="{relation}""#, req.path(), query.join("&")))
        };
        let links = [link(&self.next_cursor, "next"), link(&self.prev_cursor, "prev")];
        let links: Vec<String> = links.into_iter().flatten().collect();
        let mut answer = HttpResponse::Ok();
        if !links.is_empty() {
            answer.insert_header((LINK, links.join(", ")));
        }
        answer.json(self)
    }
}

/// Whether the client has what bears this `ETag`, as its `If-None-Match` says.
pub fn has_already(req: &HttpRequest, tag: &str) -> bool {
    let known = req.headers().get_all(IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    let known = known.flat_map(|value| value.split(',')).map(str::trim);
    let mut known = known.map(|it| it.strip_prefix("W/").unwrap_or(it));
    known.any(|it| it == tag || it == "*")
}

fn etag(thing: &impl Versioned) -> String {
    format!("\"{}\"", thing.version())
}
