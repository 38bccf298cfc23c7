//! What a lower feature tells those above it, in the transaction in which it happens.

use std::marker::PhantomData;

use futures_util::future::LocalBoxFuture;

use super::Tx;
use crate::problem::{Problem, Refusal};

/// Something that happens to what a feature owns: a plain struct, told with `tx.tell(&event)`.
pub trait Event: 'static {}

/// Who is told of an `E`.
pub(crate) trait Subscriber<E>: Send + Sync {
    fn hear<'a>(&'a self, tx: &'a Tx, event: &'a E) -> LocalBoxFuture<'a, Result<(), Problem>>;
}

struct Function<F, X>(F, PhantomData<fn() -> X>);

impl<E, F, X> Subscriber<E> for Function<F, X>
where
    F: AsyncFn(&Tx, &E) -> Result<(), X> + Send + Sync,
    X: Into<Problem>,
{
    fn hear<'a>(&'a self, tx: &'a Tx, event: &'a E) -> LocalBoxFuture<'a, Result<(), Problem>> {
        Box::pin(async move { (self.0)(tx, event).await.map_err(Into::into) })
    }
}

/// A function as a subscriber.
pub(crate) fn subscriber<E: Event, X: Into<Problem> + 'static>(
    function: impl AsyncFn(&Tx, &E) -> Result<(), X> + Send + Sync + 'static,
) -> Box<dyn Subscriber<E>> {
    Box::new(Function(function, PhantomData))
}

/// Tells every subscriber, in the order of the features; the first objection ends it.
pub(super) async fn hear<E: Event>(tx: &Tx, event: &E) -> Result<(), Refusal> {
    for subscriber in tx.db().registry().subscribers::<E>() {
        let heard = subscriber.hear(tx, event).await;
        heard.map_err(|problem| Refusal::Objection(Box::new(problem)))?;
    }
    Ok(())
}
