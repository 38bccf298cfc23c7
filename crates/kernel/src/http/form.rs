//! Forms of the small pages behind mailed links.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::de::DeserializeOwned;

use super::{LIMIT, json::is_clean, read_body};
use crate::problem::{Kind, Problem};

/// What a page's form sent (`application/x-www-form-urlencoded`).
pub struct Form<T>(
    /// Its fields.
    pub T,
);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let types = &["application/x-www-form-urlencoded"];
        let body = read_body(req.clone(), payload.take(), types, LIMIT);
        Box::pin(async move {
            let malformed = || Problem::from(Kind::Malformed("malformed_body"));
            let body = String::from_utf8(body.await?).map_err(|_| malformed())?;
            let fields: Vec<(String, String)> =
                serde_urlencoded::from_str(&body).map_err(|_| malformed())?;
            if !fields.iter().all(|(name, value)| is_clean(name) && is_clean(value)) {
                return Err(malformed());
            }
            serde_urlencoded::from_str(&body).map(Self).map_err(|_| malformed())
        })
    }
}
