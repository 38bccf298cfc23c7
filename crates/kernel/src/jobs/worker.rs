//! The worker: claims what is due, a few at a time, and notes what is done, all in one statement each.

use std::time::{Duration, Instant};

use tokio::{
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::{sleep, timeout},
};

use super::{
    Jobs,
    claim::{self, Claim},
    hand::{Phase, count, perform},
};
use crate::{db::Db, id::OrganizationId};

/// How many jobs run at once.
const SLOTS: usize = 8;

/// How often it looks by itself: for another replica's jobs, and for those that waited.
const LOOK: Duration = Duration::from_secs(1);

/// How long running jobs may go on once the worker is to end; then they are handed back.
const GRACE: Duration = Duration::from_secs(5);

/// Runs jobs; it lives on the thread that starts it.
pub struct Worker {
    db: Db,
    jobs: Jobs,
}

/// A running worker; it goes on when this is dropped.
pub struct WorkerHandle {
    stop: watch::Sender<Phase>,
    working: JoinHandle<()>,
}

/// What is under way, and what of it is done and still to be noted.
struct Hands {
    running: JoinSet<Option<Claim>>,
    standing: JoinSet<()>,
    done: Vec<Claim>,
    last: OrganizationId,
}

impl Worker {
    /// A worker on this database.
    pub fn new(db: Db, jobs: Jobs) -> Self {
        Self { db, jobs }
    }

    /// Works until it is told to stop.
    #[expect(clippy::disallowed_methods, reason = "the one place from which jobs are run")]
    pub fn start(self) -> WorkerHandle {
        let (stop, phase) = watch::channel(Phase::Working);
        let ending = stop.clone();
        let working = tokio::task::spawn_local(async move { self.work(phase, ending).await });
        WorkerHandle { stop, working }
    }

    /// Runs every job that is due now, one after the other, and answers how many ran: for tests,
    /// which do not wait.
    #[cfg(feature = "testing")]
    pub async fn run_due(&self) -> Result<usize, sea_orm::DbErr> {
        claim::rescue(&self.db).await?;
        self.fire_schedules().await;
        let (kinds, mut last, mut ran) = (self.jobs.kinds(), OrganizationId::PLATFORM, 0);
        let (_keep, phase) = watch::channel(Phase::Working);
        while let Some(claim) = claim::next(&self.db, &kinds, last, 1).await?.pop() {
            last = claim.job.organization_id;
            let (db, jobs) = (self.db.clone(), self.jobs.clone());
            let done = perform(db, jobs, claim, phase.clone()).await;
            self.note(&mut Vec::from_iter(done)).await;
            ran += 1;
        }
        Ok(ran)
    }

    /// Does every duty that is due now, and answers how many passes that took.
    #[cfg(feature = "testing")]
    pub async fn run_duties(&self) -> Result<usize, crate::problem::Problem> {
        let mut passes = 0;
        for sentry in self.jobs.sentries() {
            passes += sentry.run_due(&self.db).await?;
        }
        Ok(passes)
    }

    async fn work(self, mut phase: watch::Receiver<Phase>, stop: watch::Sender<Phase>) {
        let kinds = self.jobs.kinds();
        let (running, mut standing) = (JoinSet::new(), JoinSet::new());
        for sentry in self.jobs.sentries() {
            standing.spawn_local(sentry.stand(self.db.clone(), phase.clone()));
        }
        let last = OrganizationId::PLATFORM;
        let mut hands = Hands { running, standing, done: Vec::new(), last };
        let mut looked = None::<Instant>;
        while *phase.borrow() == Phase::Working {
            if looked.is_none_or(|at| at.elapsed() >= LOOK) {
                if let Err(error) = claim::rescue(&self.db).await {
                    tracing::warn!(%error, "abandoned jobs cannot be looked for");
                }
                self.fire_schedules().await;
                looked = Some(Instant::now());
            }
            self.note(&mut hands.done).await;
            self.fill(&mut hands, &kinds, &phase).await;
            tokio::select! {
                _ = phase.changed() => {}
                () = self.db.jobs_due().notified() => {}
                Some(ended) = hands.running.join_next() => hands.done.extend(ended.ok().flatten()),
                () = sleep(LOOK) => {}
            }
            while let Some(ended) = hands.running.try_join_next() {
                hands.done.extend(ended.ok().flatten());
            }
        }
        if timeout(GRACE, self.end(&mut hands)).await.is_err() {
            stop.send_replace(Phase::Over);
            self.end(&mut hands).await;
        }
    }

    /// Claims as many jobs as there are free slots.
    async fn fill(&self, hands: &mut Hands, kinds: &[&str], phase: &watch::Receiver<Phase>) {
        let free = SLOTS.saturating_sub(hands.running.len());
        if free == 0 || *phase.borrow() != Phase::Working {
            return;
        }
        match claim::next(&self.db, kinds, hands.last, free).await {
            Ok(claims) => {
                for claim in claims {
                    hands.last = claim.job.organization_id;
                    let (db, jobs) = (self.db.clone(), self.jobs.clone());
                    hands.running.spawn_local(perform(db, jobs, claim, phase.clone()));
                }
            }
            Err(error) => tracing::warn!(%error, "no job can be claimed"),
        }
    }

    /// Waits for what is under way, and notes it.
    async fn end(&self, hands: &mut Hands) {
        self.note(&mut hands.done).await;
        while let Some(ended) = hands.running.join_next().await {
            self.note(&mut Vec::from_iter(ended.ok().flatten())).await;
        }
        while hands.standing.join_next().await.is_some() {}
    }

    /// Notes what is done; what cannot be noted will run again.
    async fn note(&self, done: &mut Vec<Claim>) {
        let claims = std::mem::take(done);
        if claims.is_empty() {
            return;
        }
        match claim::done(&self.db, &claims).await {
            Ok(noted) => {
                for claim in &claims {
                    count(&claim.job.kind, "done");
                }
                if usize::try_from(noted).is_ok_and(|noted| noted < claims.len()) {
                    tracing::warn!("a job is done that was not in this worker's hands any more");
                }
            }
            Err(error) => {
                let jobs = claims.len();
                tracing::warn!(jobs, %error, "jobs are done and that cannot be noted; they will run again");
            }
        }
    }

    async fn fire_schedules(&self) {
        for schedule in self.jobs.schedules() {
            if let Err(error) = schedule.fire(&self.db).await {
                tracing::warn!(%error, "a periodic job cannot be queued");
            }
        }
    }
}

impl WorkerHandle {
    /// Claims nothing more, lets running jobs end for five seconds and hands the others back.
    pub async fn stop(self) {
        self.stop.send_replace(Phase::Ending);
        if let Err(error) = self.working.await {
            tracing::error!(%error, "the worker ended badly");
        }
    }
}
