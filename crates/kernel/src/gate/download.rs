//! Answers that are made while they are sent: a step reads a page, and the next one is not begun
//! before the client has taken it.

use actix_web::{
    HttpMessage, HttpResponse,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    web::Bytes,
};
use futures_util::stream::try_unfold;

use super::{Can, Posture};
use crate::{
    http::RequestId,
    problem::{Kind, Problem},
};

/// A file that a client is to keep, as its headers describe it.
#[derive(Clone, Copy, Debug)]
pub struct Download {
    /// The media type, with its parameters.
    pub media_type: &'static str,
    /// What to call it: letters, digits, `.`, `_` and `-`.
    pub name: &'static str,
}

/// A body that ends before its end; the connection is closed, so that the client knows.
#[derive(Debug, thiserror::Error)]
#[error("the answer broke off")]
struct BrokenOff;

impl<P: Posture> Can<P> {
    /// 200: a body in pieces. A step gets where it stands, from `first` on, and makes the next piece
    /// and where it stands then, or ends the body. It holds no transaction and nothing is read ahead:
    /// the next step is taken when the client has taken this piece, and none when it has left.
    ///
    /// Before each step but the first the caller is asked again: who has signed out or lost the
    /// permission gets no further. A step that fails after the first closes the connection without
    /// an end of the body, which no client takes for the whole, and is logged; the first one's failure
    /// is the answer.
    pub async fn stream<S: 'static>(
        self,
        file: Download,
        first: S,
        step: impl AsyncFn(&P::Scope, S) -> Result<Option<(Bytes, S)>, Problem> + 'static,
    ) -> Result<HttpResponse, Problem> {
        let begun = step(self.view(), first).await?;
        let begun = (self, step, begun.map(|(piece, then)| (Some(piece), then)));
        let body = try_unfold(begun, |(mut can, step, next)| async move {
            let Some((piece, mut then)) = next else { return Ok(None) };
            // An empty piece would be taken for the end.
            let mut piece = piece.unwrap_or_default();
            while piece.is_empty() {
                let went_on = async {
                    can = can.again().await?;
                    step(can.view(), then).await
                };
                match went_on.await.map_err(|problem| broken_off(&can, &problem))? {
                    Some(made) => (piece, then) = made,
                    None => return Ok(None),
                }
            }
            Ok::<_, BrokenOff>(Some((piece, (can, step, Some((None, then))))))
        });
        let disposition = format!("attachment; filename=\"{}\"", file.name);
        Ok(HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, file.media_type))
            .insert_header((CONTENT_DISPOSITION, disposition))
            .streaming(body))
    }
}

fn broken_off<P: Posture>(can: &Can<P>, problem: &Problem) -> BrokenOff {
    let extensions = can.request().extensions();
    let id = extensions.get::<RequestId>().map_or("", |it| it.0.as_str());
    let path = can.request().path();
    match problem.kind() {
        Kind::Unauthenticated(_) | Kind::Forbidden(_) | Kind::NotFound => {
            tracing::info!(request_id = id, path, "an answer broke off: its reader may not go on");
        }
        _ => {
            tracing::error!(request_id = id, path, cause = problem.story(), "an answer broke off");
        }
    }
    BrokenOff
}
