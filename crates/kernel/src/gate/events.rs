//! Streams of events (Server-Sent Events): one answer for as long as the client listens.

use std::{convert::Infallible, pin::pin, time::Duration};

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName},
    web::Bytes,
};
use futures_util::{StreamExt, stream};
use tokio::{
    sync::watch,
    time::{Instant, sleep},
};

use super::{Can, Posture, listeners::Seat, middleware::ground};
use crate::{
    db::Scope,
    http::{EVENT_STREAM, HEARTBEAT, ServerEvent, greeting},
    problem::{Kind, Problem},
};

/// How often the listener is asked again whether they may listen.
pub(super) const TICK: Duration = Duration::from_secs(1);

/// nginx and its like pass each event on at once.
const NO_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Where events come from.
pub trait Events<V>: 'static {
    /// After how long a silence a comment is sent, so that nobody on the way thinks the connection dead.
    const HEARTBEAT: Duration = Duration::from_secs(15);

    /// What has happened since the last time, in order, or nothing; `None` ends the stream.
    fn next(&mut self, view: &V)
    -> impl Future<Output = Result<Option<Vec<ServerEvent>>, Problem>>;

    /// Waits until there may be more: a second, unless the source can tell. It may be dropped before
    /// its end and begun again.
    fn wait(&mut self) -> impl Future<Output = ()> {
        sleep(Duration::from_secs(1))
    }
}

impl<P: Posture> Can<P> {
    /// 200: events, for as long as the client listens, the source has not ended, the server is not to
    /// end, and the listener may still pass this door: they are asked again every second. Who listens
    /// to [`MOST_STREAMS`](super::MOST_STREAMS) on this replica already is answered 429.
    pub fn events(self, source: impl Events<P::Scope>) -> Result<HttpResponse, Problem> {
        let ground = ground(self.request())?;
        let actor = self.view().view().caller().map(|it| it.actor);
        let (seat, ending) = (ground.listeners().seat(actor)?, ground.ending());
        let listener =
            Listener { can: self, source, ending, quiet_since: Instant::now(), _seat: seat };
        let heard = stream::unfold(listener, |mut listener| async move {
            let text = listener.hear().await.unwrap_or_else(|problem| {
                tell(&problem);
                None
            })?;
            Some((text, listener))
        });
        let text = stream::once(async { greeting() }).chain(heard);
        Ok(HttpResponse::Ok()
            .insert_header((CONTENT_TYPE, EVENT_STREAM))
            .insert_header((CACHE_CONTROL, "no-store"))
            .insert_header((NO_BUFFERING, "no"))
            .streaming(text.map(|text| Ok::<_, Infallible>(Bytes::from(text)))))
    }
}

struct Listener<P: Posture, E> {
    can: Can<P>,
    source: E,
    ending: watch::Receiver<bool>,
    quiet_since: Instant,
    _seat: Seat,
}

impl<P: Posture, E: Events<P::Scope>> Listener<P, E> {
    /// The next text to send; `None` at the end.
    async fn hear(&mut self) -> Result<Option<String>, Problem> {
        let Self { can, source, ending, quiet_since, .. } = self;
        loop {
            if *ending.borrow() {
                return Ok(None);
            }
            *can = can.again().await?;
            let Some(events) = source.next(can.view()).await? else { return Ok(None) };
            if !events.is_empty() {
                *quiet_since = Instant::now();
                return Ok(Some(events.iter().map(ServerEvent::text).collect()));
            }
            let mut wait = pin!(source.wait());
            loop {
                tokio::select! {
                    () = &mut wait => break,
                    () = sleep(TICK.min(E::HEARTBEAT)) => {}
                    _ = ending.changed() => return Ok(None),
                }
                if quiet_since.elapsed() >= E::HEARTBEAT {
                    *quiet_since = Instant::now();
                    return Ok(Some(HEARTBEAT.to_owned()));
                }
                *can = can.again().await?;
            }
        }
    }
}

/// Who may not listen any more hears so when they come again.
fn tell(problem: &Problem) {
    if !matches!(problem.kind(), Kind::Unauthenticated(_) | Kind::Forbidden(_) | Kind::NotFound) {
        tracing::error!(cause = problem.story(), "a stream of events broke off");
    }
}
