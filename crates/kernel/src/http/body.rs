//! Reading a body: of the right type, not too long, and not for ever.

use std::time::Duration;

use actix_web::{
    HttpMessage, HttpRequest,
    dev::Payload,
    http::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap},
};
use futures_util::StreamExt;
use sha2::{Digest, Sha256};

use crate::problem::{Kind, Problem};

/// The most bytes a body may have, unless an operation says otherwise.
pub const LIMIT: usize = 64 * 1024;

/// How long a body may take to arrive (ASVS 15.2.2): actix itself would wait for ever.
const DEADLINE: Duration = Duration::from_secs(10);

/// What tells whether two requests have one body; known where an `Idempotency-Key` asks for it.
#[derive(Clone, Copy)]
pub(crate) struct BodyDigest(pub [u8; 32]);

/// Reads a body of one of these media types and of at most `limit` bytes.
///
/// Answers 415 for another type or any `Content-Encoding` before a byte is read, 413 as soon as it
/// is known to be too long, 408 when it takes longer than ten seconds.
pub async fn read_body(
    req: HttpRequest,
    mut payload: Payload,
    types: &[&str],
    limit: usize,
) -> Result<Vec<u8>, Problem> {
    if is_encoded(req.headers())
        || !types.iter().any(|it| req.content_type().eq_ignore_ascii_case(it))
    {
        return Err(Kind::UnsupportedMediaType.into());
    }
    let declared = req.headers().get(CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse().ok());
    if declared.is_some_and(|length: usize| length > limit) {
        return Err(Kind::TooLarge.into());
    }
    let reading = async {
        let mut body = Vec::with_capacity(declared.unwrap_or_default());
        while let Some(piece) = payload.next().await {
            let piece = piece.map_err(|_| Kind::Malformed("malformed_body"))?;
            if body.len() + piece.len() > limit {
                return Err(Kind::TooLarge);
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    };
    let read = tokio::time::timeout(DEADLINE, reading).await;
    let body = read.map_err(|_| Kind::Timeout)??;
    if req.headers().contains_key("idempotency-key") {
        req.extensions_mut().insert(BodyDigest(Sha256::digest(&body).into()));
    }
    Ok(body)
}

/// Whether a body would have to be unfolded first: none is, for a few bytes can become gigabytes (A16).
pub(super) fn is_encoded(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_ENCODING).is_some_and(|it| it != "identity")
}
