//! What is refused is told behind the answer, in a transaction of its own: it outlives the roll-back
//! of what was tried, and neither slows nor fails an answer (ASVS 16.3.2, 16.3.3).

mod allowance;

use std::{
    collections::VecDeque,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use actix_web::{HttpMessage, HttpRequest, dev::ServiceResponse};
use tokio::sync::Notify;
use uuid::Uuid;

use self::allowance::{Allowance, Share};
use super::middleware::{ORGANIZATION, ground};
use super::posture::Member;
use crate::{
    access::Origin,
    api::Ground,
    db::{Asker, Event},
    http::route,
    id::OrganizationId,
    problem::{Kind, Problem},
};

/// How many may wait to be told; those over it are counted only.
const WAITING: usize = 1024;

/// Somebody was refused something, or it failed: told after the answer, with who they are and from
/// where in the transaction. One who is refused again and again is told of up to sixty times a minute
/// where they are known, strangers ten times an address; the metrics count them all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What they tried: the method and the pattern of its path.
    pub operation: String,
    /// The thing of the path they tried it on, where one is named.
    pub thing: Option<Uuid>,
    /// At whose door.
    pub place: Knocked,
    /// Why they did not succeed.
    pub why: Why,
    /// The code of the problem they were answered with.
    pub code: &'static str,
    /// Whether no more of theirs are told in this minute.
    pub is_last: bool,
}

/// At whose door somebody was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Knocked {
    /// The platform's.
    Platform,
    /// That of an organization they belong to.
    Inside(OrganizationId),
    /// That of one they do not belong to, if there is one of this id at all.
    Outside(OrganizationId),
}

/// Why somebody did not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// They may not.
    Denied,
    /// It went wrong on our side.
    Failed,
}

impl Event for Refused {}

/// The organization whose door stayed shut; a mark on the request.
pub(super) struct Outside(pub OrganizationId);

/// What waits to be told, for all threads that serve.
#[derive(Default)]
pub(crate) struct Refusals {
    queue: Mutex<Queue>,
    allowance: Mutex<Allowance>,
    news: Notify,
    quiet: Notify,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<(Arc<Asker>, Refused)>,
    is_told: bool,
}

/// Notes what this answer refuses, if it refuses anything.
pub(super) fn note<B>(answer: &ServiceResponse<B>) {
    let problem = answer.response().error().and_then(|error| error.as_error::<Problem>());
    let Some(problem) = problem else { return };
    let req = answer.request();
    let Ok(ground) = ground(req) else { return };
    let asker = asker(req);
    let Some((why, place)) = refused(req, problem.kind(), &asker) else { return };
    let share = Share::of(&asker);
    let labels = [("code", problem.kind().code()), ("caller", share.name())];
    metrics::counter!("refusals_total", &labels).increment(1);
    if !ground.db().registry().is_heard::<Refused>() {
        return;
    }
    let now = ground.db().clock().now();
    let Some(is_last) = locked(&ground.refusals().allowance).take(share, now) else {
        metrics::counter!("refusals_unrecorded_total").increment(1);
        return;
    };
    let thing = req.match_info().iter().filter(|(name, _)| *name != ORGANIZATION);
    let refused = Refused {
        operation: format!("{} {}", req.method(), route(req).unwrap_or_default()),
        thing: thing.filter_map(|(_, id)| id.parse().ok()).last(),
        place,
        why,
        code: problem.kind().code(),
        is_last,
    };
    ground.refuse(asker, refused);
}

/// Whether it is a refusal at all, and at whose door. What a service answers with
/// [`Kind::Forbidden`] is one; other failures of signing in are recorded by who signs people in.
fn refused(req: &HttpRequest, kind: &Kind, asker: &Asker) -> Option<(Why, Knocked)> {
    let extensions = req.extensions();
    let outside = extensions.get::<Outside>().map(|it| Knocked::Outside(it.0));
    let inside = extensions.get::<Member>().map(|it| Knocked::Inside(it.organization));
    let is_known = asker.caller.is_some();
    let why = match kind {
        Kind::Forbidden(_) if is_known => Why::Denied,
        Kind::Unauthenticated("not_authenticated" | "invalid_token") | Kind::TooManyRequests(_) => {
            Why::Denied
        }
        Kind::NotFound if outside.is_some() => Why::Denied,
        Kind::Internal if is_known && !req.method().is_safe() => Why::Failed,
        _ => return None,
    };
    Some((why, outside.or(inside).unwrap_or(Knocked::Platform)))
}

fn asker(req: &HttpRequest) -> Arc<Asker> {
    let extensions = req.extensions();
    extensions.get::<Arc<Asker>>().cloned().unwrap_or_else(|| {
        let origin = extensions.get::<Origin>().cloned().unwrap_or_default();
        Arc::new(Asker { origin, ..Asker::default() })
    })
}

impl Ground {
    /// Waits until everything that has been refused so far is told: at the end, and in tests.
    pub async fn refusals_told(&self) {
        loop {
            let mut quiet = pin!(self.refusals().quiet.notified());
            quiet.as_mut().enable();
            if !locked(&self.refusals().queue).is_told {
                break;
            }
            quiet.await;
        }
        if let Some(telling) = Telling::begin(self) {
            telling.go_on().await;
        }
    }

    /// Tells of refusals as they come, for as long as it is let: of those of every thread, on one that
    /// outlives the threads which serve.
    pub async fn tell_refusals(&self) {
        loop {
            self.refusals().news.notified().await;
            self.refusals_told().await;
        }
    }

    fn refuse(&self, asker: Arc<Asker>, refused: Refused) {
        {
            let waiting = &mut locked(&self.refusals().queue).waiting;
            if waiting.len() >= WAITING {
                metrics::counter!("refusals_unrecorded_total").increment(1);
                return;
            }
            waiting.push_back((asker, refused));
        }
        self.refusals().news.notify_one();
    }
}

/// The one who tells. It may be dropped with its thread; then the next one goes on.
struct Telling {
    ground: Ground,
    is_over: bool,
}

impl Telling {
    /// Begins where somebody waits and nobody tells.
    fn begin(ground: &Ground) -> Option<Self> {
        let mut queue = locked(&ground.refusals().queue);
        let is_wanted = !queue.is_told && !queue.waiting.is_empty();
        queue.is_told |= is_wanted;
        is_wanted.then(|| Self { ground: ground.clone(), is_over: false })
    }

    async fn go_on(mut self) {
        while let Some((asker, refused)) = self.next() {
            let door = self.ground.db().platform(asker);
            if let Err(error) = door.run(async |tx| tx.tell(&refused).await).await {
                let Refused { operation, code, .. } = refused;
                tracing::warn!(%error, operation, code, "a refusal is not recorded");
                metrics::counter!("refusals_unrecorded_total").increment(1);
            }
        }
    }

    /// The next to tell; where there is none, this one is done in the same moment.
    fn next(&mut self) -> Option<(Arc<Asker>, Refused)> {
        let mut queue = locked(&self.ground.refusals().queue);
        let next = queue.waiting.pop_front();
        if next.is_none() {
            queue.is_told = false;
            self.is_over = true;
        }
        next
    }
}

impl Drop for Telling {
    fn drop(&mut self) {
        let refusals = self.ground.refusals();
        if !self.is_over {
            locked(&refusals.queue).is_told = false;
        }
        refusals.quiet.notify_waiters();
    }
}

fn locked<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}
