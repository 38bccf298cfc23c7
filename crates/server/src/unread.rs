//! Bodies that are not read to their end. actix closes the connection behind the answer then, but not
//! behind a chunked body that nobody holds any more: it waits for the rest of it, for ever.

use std::{
    cell::RefCell,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_web::{
    Error, HttpMessage,
    body::{BodySize, BoxBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::header::TRANSFER_ENCODING,
    middleware::Next,
    web::Bytes,
};
use futures_util::{StreamExt, stream::poll_fn};

type Shared = Rc<RefCell<Payload>>;

/// An answer that holds the request's body until it has gone out.
struct Holding {
    answer: BoxBody,
    _request: Shared,
}

/// Holds chunked bodies until their answer has gone out.
pub async fn hold(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    if !request.headers().contains_key(TRANSFER_ENCODING) {
        return Ok(next.call(request).await?.map_into_left_body());
    }
    let held = Rc::new(RefCell::new(request.take_payload()));
    let lent = Rc::clone(&held);
    let stream = poll_fn(move |context| lent.borrow_mut().poll_next_unpin(context));
    request.set_payload(Payload::Stream { payload: Box::pin(stream) });
    let holding = move |answer| Holding { answer, _request: Rc::clone(&held) };
    match next.call(request).await {
        Ok(response) => {
            let response = response.map_into_boxed_body();
            Ok(response.map_body(|_, answer| holding(answer)).map_into_right_body())
        }
        Err(mut error) => {
            error.add_response_mapper(move |response| {
                response.map_body(|_, answer| BoxBody::new(holding(answer)))
            });
            Err(error)
        }
    }
}

impl MessageBody for Holding {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.answer.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.answer).poll_next(context)
    }
}
