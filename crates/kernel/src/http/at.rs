//! Which thing a path is about.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use uuid::Uuid;

use crate::problem::{Kind, Problem};

/// The last `{…}` of the path; what is no id at all is a thing that is not there.
pub struct At<I>(
    /// The id.
    pub I,
);

impl<I: From<Uuid>> FromRequest for At<I> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = req.match_info().iter().last().and_then(|(_, id)| id.parse::<Uuid>().ok());
        ready(id.map(|id| Self(id.into())).ok_or_else(|| Kind::NotFound.into()))
    }
}
