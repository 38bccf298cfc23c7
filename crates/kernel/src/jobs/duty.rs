//! Duties: what one process at a time does for all, over and over, wherever there is a worker.

use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use futures_util::{FutureExt, future::LocalBoxFuture};
use sea_orm::DbErr;
use tokio::{sync::watch, time::sleep};

use super::{hand::Phase, lease::Lease};
use crate::{
    db::{Db, Door, Scope, SystemView, Tx, View},
    problem::{Kind, Problem},
};

/// Work that never ends and that one process at a time does, in short passes.
///
/// Every worker looks whether something is due; the first to find it so does it, under a lease that it
/// keeps for as long as it has something to do, and hands back at its end. A process that vanishes is
/// followed by another after five seconds.
pub trait Duty: 'static {
    /// Its name, `feature.what`; it outlives releases.
    const NAME: &'static str;
    /// How long it rests between two passes, so that what happens meanwhile is done together, and how
    /// often it looks by itself; [`Tx::wake_duties`] has it look at once when it does not rest.
    const PAUSE: Duration;

    /// Whether there is something to do: one short statement, asked often and by every process.
    fn is_due(view: &SystemView) -> impl Future<Output = Result<bool, Problem>>;

    /// Does some of it; an error means: later again.
    fn perform(watch: &Watch) -> impl Future<Output = Result<Pass, Problem>>;
}

/// How a pass ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// There is more to do at once.
    More,
    /// All is done.
    Done,
}

/// The right to do a duty, while one has it.
pub struct Watch {
    db: Db,
    lease: Lease,
}

impl Watch {
    /// A view across all organizations. What it reads has not been changed by another who does this
    /// duty, if a [`Watch::run`] afterwards commits.
    pub fn everywhere(&self) -> SystemView {
        self.db.everywhere()
    }

    /// One transaction on the platform, which commits only where no other process has taken over.
    pub async fn run<T, E: From<DbErr>>(
        &self,
        work: impl AsyncFnOnce(&Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let door: Door<View> = self.db.system();
        door.run(async |tx| {
            self.lease.fence(tx).await?;
            work(tx).await
        })
        .await
    }
}

impl<V: Scope> Tx<V> {
    /// Has this process's duties look, when the transaction has committed, whether they are due.
    pub fn wake_duties(&self) {
        let db = Scope::view(&**self).db().clone();
        self.on_commit(move || db.duties().send_replace(()));
    }
}

/// Does the duty of one kind.
#[derive(Clone, Copy)]
pub struct Sentry {
    pub(super) name: &'static str,
    pause: Duration,
    is_due: for<'a> fn(&'a SystemView) -> LocalBoxFuture<'a, Result<bool, Problem>>,
    perform: for<'a> fn(&'a Watch) -> LocalBoxFuture<'a, Result<Pass, Problem>>,
}

/// What came of a look.
#[derive(PartialEq, Eq)]
enum Step {
    /// Nothing is due, or another process sees to it.
    Idle,
    Did(Pass),
}

impl Sentry {
    pub(crate) fn of<D: Duty>() -> Self {
        Self {
            name: D::NAME,
            pause: D::PAUSE,
            is_due: |view| Box::pin(D::is_due(view)),
            perform: |watch| Box::pin(D::perform(watch)),
        }
    }

    /// Does all that is due now, and answers how many passes that took.
    #[cfg(feature = "testing")]
    pub(super) async fn run_due(self, db: &Db) -> Result<usize, Problem> {
        let (mut watch, mut passes) = (None, 0);
        while self.look(db, &mut watch).await? != Step::Idle {
            passes += 1;
        }
        leave(db, watch).await;
        Ok(passes)
    }

    /// Stands until the worker is to end, and lets another take over then.
    pub(super) async fn stand(self, db: Db, phase: watch::Receiver<Phase>) {
        let (mut watch, mut last) = (None, phase.clone());
        let over = async {
            let _ = last.wait_for(|phase| *phase == Phase::Over).await;
        };
        tokio::select! {
            () = self.go_on(&db, &mut watch, phase) => {}
            () = over => {}
        }
        leave(&db, watch).await;
    }

    async fn go_on(self, db: &Db, watch: &mut Option<Watch>, mut phase: watch::Receiver<Phase>) {
        let mut wakes = db.duties().subscribe();
        while *phase.borrow() == Phase::Working {
            wakes.mark_unchanged();
            let begun = Instant::now();
            let looked = AssertUnwindSafe(self.look(db, watch)).catch_unwind().await;
            let step = looked.unwrap_or_else(|_| Err(Problem::new(Kind::Internal, "it panicked")));
            let step = step.unwrap_or_else(|problem| {
                tracing::warn!(duty = self.name, cause = problem.story(), "a duty is not done");
                Step::Did(Pass::Done)
            });
            let rest = match step {
                Step::Did(Pass::More) => continue,
                Step::Did(Pass::Done) => self.pause.saturating_sub(begun.elapsed()),
                Step::Idle => self.pause,
            };
            tokio::select! {
                _ = phase.changed() => {}
                _ = wakes.changed(), if step == Step::Idle => {}
                () = sleep(rest) => {}
            }
        }
    }

    async fn look(self, db: &Db, watch: &mut Option<Watch>) -> Result<Step, Problem> {
        if !(self.is_due)(&db.everywhere()).await? {
            return Ok(Step::Idle);
        }
        if let Some(held) = watch
            && !held.lease.holds(db).await?
        {
            *watch = None;
        }
        if watch.is_none() {
            let lease = Lease::claim(db, self.name).await?;
            *watch = lease.map(|lease| Watch { db: db.apart(), lease });
        }
        match watch {
            Some(watch) => Ok(Step::Did((self.perform)(watch).await?)),
            None => Ok(Step::Idle),
        }
    }
}

async fn leave(db: &Db, watch: Option<Watch>) {
    let Some(Watch { lease, .. }) = watch else { return };
    if let Err(error) = lease.hand_back(db).await {
        tracing::warn!(%error, "a duty cannot be handed back; it will lapse");
    }
}
