//! The only door to the database a handler has.

use std::{
    future::{Ready, ready},
    ops::Deref,
    sync::Arc,
    time::Duration,
};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse, Responder, body::BoxBody, dev::Payload,
};

use super::idempotency::{Finished, IdempotencyKey};
use super::middleware::{ask_again, ground};
use super::posture::{Belonging, Known, PROBED, Posture, Probe, Recent, Whoever};
use crate::{
    access::Origin,
    db::{Asker, Door, Scope, Tx},
    http::{FileKind, Upload},
    problem::Problem,
};

/// How long a sign-in is fresh (ASVS 7.5.1).
pub const FRESH: Duration = Duration::from_mins(10);

/// Proof that the caller may do `P`, and the way to the rows it is about.
///
/// It is ready at once and stands first in a handler: a stranger learns nothing of the body's faults.
pub struct Can<P: Posture> {
    door: Door<P::Scope>,
    request: HttpRequest,
}

/// Any signed-in caller, for what is their own.
pub type SignedIn = Can<Known>;

/// Who has signed in within the last ten minutes, for what must not be done with a stolen token.
pub type Fresh = Can<Recent>;

/// Any member of the organization of the request, whatever their roles.
pub type Insider = Can<Belonging>;

/// Everybody.
pub type Anyone = Can<Whoever>;

impl<P: Posture> FromRequest for Can<P> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        if let Some(Probe(answer)) = request.extensions().get() {
            answer.set(Some(P::ADMISSION));
            return ready(Err(PROBED.into()));
        }
        ready(Self::enter(request))
    }
}

impl<P: Posture> Can<P> {
    fn enter(request: &HttpRequest) -> Result<Self, Problem> {
        let door = P::admit(request, asker(request), &ground(request)?)?;
        Ok(Self { door, request: request.clone() })
    }

    /// The same caller at the same door now: since they came in, their session may have ended or their
    /// permission may have been taken away.
    pub(super) async fn again(&self) -> Result<Self, Problem> {
        ask_again(&self.request).await?;
        Self::enter(&self.request)
    }

    /// The request that is being answered.
    pub(super) fn request(&self) -> &HttpRequest {
        &self.request
    }

    /// Runs `work` in one transaction, as [`Door::run`] does, and sends its result as the answer. It
    /// is how every POST of a signed-in caller answers, for it heeds `Idempotency-Key`: the same
    /// request again has no second effect and gets the same answer.
    pub async fn answer<A: Responder<Body = BoxBody>>(
        &self,
        work: impl AsyncFnOnce(&Tx<P::Scope>) -> Result<A, Problem>,
    ) -> Result<HttpResponse, Problem> {
        let Some(key) = self.key()? else {
            return Ok(self.door.run(work).await?.respond_to(&self.request));
        };
        let answered = self.door.run(async |tx| {
            key.enter(tx).await?;
            if let Some(kept) = key.kept(tx).await? {
                return Ok(kept.again());
            }
            let answer = Finished::of(work(tx).await?.respond_to(&self.request))?;
            key.keep(tx, &answer).await?;
            Ok::<_, Problem>(answer.first())
        });
        answered.await
    }

    /// The answer that is kept of the same request, once its file has come whole again: what has
    /// changed since then is not in its way. `None`, and nothing of the file read, where there is none;
    /// 422 `idempotency_key_reused` where it was another file's.
    pub async fn kept<F: FileKind>(
        &self,
        file: &mut Upload<F>,
    ) -> Result<Option<HttpResponse>, Problem> {
        let view = self.door.view().view();
        let Some(key) = self.key()? else { return Ok(None) };
        let Some(kept) = key.find(view).await?.filter(|it| !it.is_old(view)) else {
            return Ok(None);
        };
        file.pass().await?;
        let Some(key) = self.key()? else { return Ok(None) }; // which knows the file by now
        Ok(Some(key.open(view, &kept)?.again()))
    }

    /// The key of the request, where it has one and somebody known sends it.
    fn key(&self) -> Result<Option<IdempotencyKey>, Problem> {
        let actor = self.door.view().view().caller().map(|caller| caller.actor);
        let key = actor.map(|actor| IdempotencyKey::of(&self.request, actor)).transpose()?;
        Ok(key.flatten())
    }
}

impl<P: Posture> Deref for Can<P> {
    type Target = Door<P::Scope>;

    fn deref(&self) -> &Self::Target {
        &self.door
    }
}

/// Who asks; outside `/api/v1` nobody is asked for it.
fn asker(request: &HttpRequest) -> Arc<Asker> {
    let extensions = request.extensions();
    let known = extensions.get::<Arc<Asker>>().cloned();
    known.unwrap_or_else(|| {
        let origin = extensions.get::<Origin>().cloned().unwrap_or_default();
        Arc::new(Asker { origin, ..Asker::default() })
    })
}
