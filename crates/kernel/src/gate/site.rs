//! Which page a request comes from.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header::ORIGIN};

use super::middleware::ground;
use crate::{
    access::Origins,
    problem::{Kind, Problem},
};

/// The origin of the page that a request comes from, one that may speak to us; empty where it comes from
/// no page (ASVS 4.4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site(pub(super) String);

impl Site {
    pub(super) fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let mut headers = request.headers().get_all(ORIGIN);
        let Some(header) = headers.next() else { return Ok(Self(String::new())) };
        let ground = ground(request)?;
        let origin = header.to_str().unwrap_or_default();
        let known = ground.db().registry().find::<Origins>().is_some_and(|it| it.allow(origin));
        if !known || headers.next().is_some() {
            let detail = "Pages of this origin may not listen.";
            return Err(Problem::new(Kind::Forbidden("origin_not_allowed"), detail));
        }
        Ok(Self(origin.to_owned()))
    }
}

impl FromRequest for Site {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}
