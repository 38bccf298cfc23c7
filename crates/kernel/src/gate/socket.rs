//! The same events over a WebSocket (RFC 6455). It only speaks: whatever a client sends changes nothing of
//! what it hears, so that nothing it sends can widen it.

use std::{
    pin::{Pin, pin},
    time::Duration,
};

use actix_web::{FromRequest, HttpResponse, dev, error::PayloadError, web};
use actix_ws::{CloseCode, CloseReason, Message, MessageStream, Session};
use futures_util::Stream;
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout},
};

use super::{Can, Events, Posture, Site, events::TICK, listeners::Seat, middleware::ground};
use crate::{
    db::Scope,
    http::{Excess, Frames, LARGEST_FRAME, ServerEvent, Verdict},
    problem::{Kind, Problem},
};

/// How often a client is asked whether it is still there.
const PING: Duration = Duration::from_secs(30);

/// A client of whom nothing is heard for this long is gone.
const SILENCE: Duration = Duration::from_secs(75);

/// How long a client may take for what it is sent; then it is too slow.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long after its end a connection is kept, so that a client reads why.
const FAREWELL: Duration = Duration::from_secs(2);

type Bytes = Pin<Box<dyn Stream<Item = Result<web::Bytes, PayloadError>>>>;

/// Why a socket ends: a code of RFC 6455, section 7.4, or one of ours.
type Ending = (u16, &'static str);

impl<P: Posture> Can<P> {
    /// 101: events, on the same terms as [`Can::events`], for pages of our own origins. Each is a text
    /// message, a JSON document of `id`, `event` and `data`. It is closed with 1001 when the server ends,
    /// 4401 when the caller is signed in no more, 4403 when they may not listen any more, 4408 when they
    /// take too long, 4429 when they send too many frames, 1009 a large one, 1003 any message at all.
    #[expect(clippy::disallowed_methods, reason = "it lives as long as the connection")]
    pub async fn socket(
        self,
        body: web::Payload,
        source: impl Events<P::Scope>,
    ) -> Result<HttpResponse, Problem> {
        Site::of(self.request())?;
        let verdict = Verdict::default();
        let frames = Frames::of(body.into_inner(), verdict.clone());
        let payload: Bytes = Box::pin(frames);
        let mut looked_at = dev::Payload::Stream { payload };
        let body = web::Payload::from_request(self.request(), &mut looked_at).await;
        let body = body.map_err(|_| Kind::Internal)?;
        let (answer, session, messages) =
            actix_ws::handle(self.request(), body).map_err(|error| {
                let detail = format!("This is a WebSocket (RFC 6455): {error}.");
                Problem::new(Kind::Malformed("websocket_expected"), detail)
            })?;
        let ground = ground(self.request())?;
        let actor = self.view().view().caller().map(|it| it.actor);
        let (seat, ending) = (ground.listeners().seat(actor)?, ground.ending());
        let client = Client {
            session,
            messages: messages.max_frame_size(LARGEST_FRAME.into()),
            verdict,
            heard: Instant::now(),
        };
        tokio::task::spawn_local(Speaker { can: self, source, ending, client, seat }.speak());
        Ok(answer)
    }
}

struct Speaker<P: Posture, E> {
    can: Can<P>,
    source: E,
    ending: watch::Receiver<bool>,
    client: Client,
    seat: Seat,
}

/// The other end.
struct Client {
    session: Session,
    messages: MessageStream,
    verdict: Verdict,
    heard: Instant,
}

impl<P: Posture, E: Events<P::Scope>> Speaker<P, E> {
    async fn speak(mut self) {
        let ending = match self.tell().await {
            Ok(ending) => ending,
            Err(problem) => Some(ending_of(&problem)),
        };
        let Self { can, source, client, seat, .. } = self;
        drop((can, source, seat)); // what they hold is not needed for a farewell
        client.end(ending).await;
    }

    /// Tells what happens until it ends; answers why, or `None` where the client is gone.
    async fn tell(&mut self) -> Result<Option<Ending>, Problem> {
        let Self { can, source, ending, client, .. } = self;
        let mut pinged = Instant::now();
        loop {
            if *ending.borrow() {
                return Ok(Some((1001, "the server ends")));
            }
            *can = can.again().await?;
            let Some(events) = source.next(can.view()).await? else {
                return Ok(Some((1000, "there is nothing more")));
            };
            for event in &events {
                if let Err(ending) = client.send(event).await {
                    return Ok(ending);
                }
            }
            if !events.is_empty() {
                continue;
            }
            let mut wait = pin!(source.wait());
            loop {
                tokio::select! {
                    () = &mut wait => break,
                    () = sleep(TICK) => {}
                    _ = ending.changed() => break,
                    heard = client.hear() => if let Err(ending) = heard { return Ok(ending) },
                }
                if client.heard.elapsed() >= SILENCE {
                    return Ok(None);
                }
                if pinged.elapsed() >= PING {
                    pinged = Instant::now();
                    if client.session.ping(b"").await.is_err() {
                        return Ok(None);
                    }
                }
                *can = can.again().await?;
            }
        }
    }
}

impl Client {
    async fn send(&mut self, event: &ServerEvent) -> Result<(), Option<Ending>> {
        match timeout(PATIENCE, self.session.text(event.message())).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(None),
            Err(_) => Err(Some((4408, "too slow"))),
        }
    }

    /// Waits for what the client sends, and answers what must be answered. It may be dropped and begun
    /// again.
    async fn hear(&mut self) -> Result<(), Option<Ending>> {
        let message = tokio::select! {
            excess = self.verdict.given() => return Err(Some(match excess {
                Excess::TooLarge => (1009, "too large"),
                Excess::TooMany => (4429, "too many frames"),
            })),
            message = self.messages.recv() => message,
        };
        self.heard = Instant::now();
        match message {
            Some(Ok(Message::Ping(bytes))) => self.session.pong(&bytes).await.map_err(|_| None),
            Some(Ok(Message::Pong(_) | Message::Nop)) => Ok(()),
            Some(Ok(Message::Close(_))) => Err(Some((1000, "as you wish"))),
            Some(Ok(Message::Text(_) | Message::Binary(_) | Message::Continuation(_))) => {
                Err(Some((1003, "nothing is read here")))
            }
            Some(Err(actix_ws::ProtocolError::Io(_))) | None => Err(None),
            Some(Err(_)) => Err(Some((1002, "this is not RFC 6455"))),
        }
    }

    /// Says why, and waits a moment for the client to read it.
    async fn end(self, ending: Option<Ending>) {
        let (Self { session, mut messages, .. }, Some((code, why))) = (self, ending) else {
            return;
        };
        metrics::counter!("sockets_closed_total", "code" => code.to_string()).increment(1);
        let reason = CloseReason { code: CloseCode::from(code), description: Some(why.into()) };
        let closing = async {
            let _ = session.close(Some(reason)).await;
            while let Some(Ok(_)) = messages.recv().await {}
        };
        let _ = timeout(FAREWELL, closing).await;
    }
}

/// Who may not listen any more is told so; what broke is logged.
fn ending_of(problem: &Problem) -> Ending {
    match problem.kind() {
        Kind::Unauthenticated(_) => (4401, "signed in no more"),
        Kind::Forbidden(_) | Kind::NotFound => (4403, "not allowed any more"),
        _ => {
            tracing::error!(cause = problem.story(), "a WebSocket broke off");
            (1011, "something went wrong here")
        }
    }
}
