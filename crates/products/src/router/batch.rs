use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, post};
use kernel::{
    Can, Problem,
    http::{fitted, parse_json, read_body},
};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    Write,
    schemas::batch::{BATCH, BatchIn, BatchOut},
    service::batch::{prepared, run},
};

pub fn routes(api: &mut ServiceConfig<'_>) {
    api.service(change_products);
}

/// The body of a batch. Each change is read by itself later, so that one which cannot be read may be told
/// beside the others.
struct Batch(BatchIn);

/// Change many products
///
/// Adds, changes and removes up to 500, in their order and in one transaction; the body may have
/// 1 MiB. With `on_error: abort`, the default, all are done or none: the 422 says which cannot be.
/// With `continue` each result has the status that the change would have had alone, and 422 where it is no
/// change at all: another `op`, an id that is none, text with control characters.
#[utoipa::path(tag = "products", request_body = BatchIn, responses((status = 200, body = BatchOut), (status = 422, description = "Nothing was done; `/operations/3` and what is below it is about the fourth.")))]
#[post("")]
async fn change_products(can: Can<Write>, body: Batch) -> Result<HttpResponse, Problem> {
    let batch = prepared(can.view(), body.0);
    can.answer(async |tx| {
        let results = run(tx, batch).await?;
        Ok(HttpResponse::Ok().json(BatchOut { results }))
    })
    .await
}

impl FromRequest for Batch {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = read_body(request.clone(), payload.take(), &["application/json"], BATCH);
        Box::pin(async { Ok(Self(fitted(parse_json(&body.await?)?)?)) })
    }
}
