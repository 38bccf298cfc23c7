//! Files: bodies that are read piece by piece and are never whole in memory.

use std::{
    future::{Ready, ready},
    marker::PhantomData,
    time::Duration,
};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::header::{CONTENT_LENGTH, HeaderMap},
    web::{Bytes, BytesMut},
};
use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use tokio::time::{Instant, timeout};

use super::body::{BodyDigest, is_encoded};
use crate::problem::{Kind, Problem};

/// How many bytes a second a file must have at the least (ASVS 15.2.2).
const RATE: u32 = 8 * 1024;

/// How many bytes of a file that is not kept are looked at together.
const PASSING: usize = 64 * 1024;

/// What an operation takes as a file.
pub trait FileKind: 'static {
    /// Its media types, in lower case.
    const TYPES: &'static [&'static str];
    /// The most bytes it may have.
    const LIMIT: u64;
    /// How long we wait for its bytes all in all; 8 KiB that have come buy another second of it.
    const PATIENCE: Duration = Duration::from_secs(10);
}

/// A file that is arriving.
///
/// Answers 415 for another media type or any `Content-Encoding` and 413 for an announced length that
/// is too long before a byte is read, 413 as soon as it has become too long, and 408 when it comes
/// more slowly than 8 KiB a second for longer than [`FileKind::PATIENCE`].
pub struct Upload<F> {
    request: HttpRequest,
    payload: Payload,
    media_type: &'static str,
    received: u64,
    surplus: Bytes,
    patience: Patience,
    digest: Option<Sha256>,
    kind: PhantomData<F>,
}

impl<F: FileKind> Upload<F> {
    /// Which of [`FileKind::TYPES`] it is.
    pub fn media_type(&self) -> &'static str {
        self.media_type
    }

    /// How many bytes of it have come so far.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// The next `size` bytes, fewer only at the end; `None` behind it. What is done between two pieces
    /// costs the client no patience, and while it is done no more is read.
    pub async fn piece(&mut self, size: usize) -> Result<Option<Bytes>, Problem> {
        let mut piece = BytesMut::with_capacity(size);
        while piece.len() < size {
            if self.surplus.is_empty() {
                match self.more().await? {
                    Some(more) => self.surplus = more,
                    None => break,
                }
            }
            let some = self.surplus.len().min(size - piece.len());
            piece.extend_from_slice(&self.surplus.split_to(some));
        }
        if piece.is_empty()
            && let Some(digest) = self.digest.take()
        {
            self.request.extensions_mut().insert(BodyDigest(digest.finalize().into()));
        }
        Ok((!piece.is_empty()).then(|| piece.freeze()))
    }

    /// Lets the rest of it pass, so that its digest is known.
    pub(crate) async fn pass(&mut self) -> Result<(), Problem> {
        while self.piece(PASSING).await?.is_some() {}
        Ok(())
    }

    async fn more(&mut self) -> Result<Option<Bytes>, Problem> {
        let begun = Instant::now();
        let came = timeout(self.patience.0, self.payload.next()).await;
        let Some(more) = came.map_err(|_| Kind::Timeout)? else { return Ok(None) };
        let more = more.map_err(|_| Kind::Malformed("malformed_body"))?;
        self.patience = self.patience.after(begun.elapsed(), more.len(), F::PATIENCE);
        self.received = self.received.saturating_add(u64::try_from(more.len()).unwrap_or(u64::MAX));
        if self.received > F::LIMIT {
            return Err(Kind::TooLarge.into());
        }
        if let Some(digest) = &mut self.digest {
            digest.update(&more);
        }
        Ok(Some(more))
    }
}

impl<F: FileKind> FromRequest for Upload<F> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(media_type::<F>(request).map(|media_type| Self {
            media_type,
            payload: payload.take(),
            received: 0,
            surplus: Bytes::new(),
            patience: Patience(F::PATIENCE),
            digest: request.headers().contains_key("idempotency-key").then(Sha256::new),
            request: request.clone(),
            kind: PhantomData,
        }))
    }
}

fn media_type<F: FileKind>(request: &HttpRequest) -> Result<&'static str, Problem> {
    let known = F::TYPES.iter().find(|it| request.content_type().eq_ignore_ascii_case(it));
    let known = known.filter(|_| !is_encoded(request.headers())).ok_or_else(|| {
        let detail = format!("Send {}, not encoded.", F::TYPES.join(" or "));
        Problem::new(Kind::UnsupportedMediaType, detail)
    })?;
    match announced(request.headers()) {
        Some(length) if length > F::LIMIT => Err(Kind::TooLarge.into()),
        _ => Ok(known),
    }
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// How long we would still wait.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Patience(Duration);

impl Patience {
    /// After `waited` for this many bytes; it never grows beyond `most`.
    fn after(self, waited: Duration, bytes: usize, most: Duration) -> Self {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let earned = Duration::from_secs_f64(f64::from(bytes) / f64::from(RATE));
        Self(self.0.saturating_sub(waited).saturating_add(earned).min(most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ASVS 15.2.2: a stall is forgiven, a trickle is not.
    #[test]
    fn patience_is_bought_with_bytes() {
        let (second, most) = (Duration::from_secs(1), Duration::from_secs(10));
        let fresh = Patience(most);
        let stalled = fresh.after(second * 9, 0, most);
        assert_eq!(stalled, Patience(second));
        assert_eq!(stalled.after(Duration::ZERO, 16 * 1024, most), Patience(second * 3));
        assert_eq!(fresh.after(Duration::ZERO, 1 << 20, most), fresh, "no credit for later");

        let trickle = (0..10).fold(fresh, |it, _| it.after(second, 4 * 1024, most));
        assert_eq!(trickle, Patience(second * 5), "half the rate wears it out");
        let steady = (0..100).fold(fresh, |it, _| it.after(second, 8 * 1024, most));
        assert_eq!(steady, fresh);
    }
}
