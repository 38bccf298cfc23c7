//! The worker: claims what is due, a few at a time, and keeps its claims while it works.

use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use futures_util::FutureExt;
use sea_orm::DbErr;
use tokio::{
    sync::watch,
    task::{JoinHandle, JoinSet},
    time::{sleep, timeout},
};

use super::{
    JobContext, Jobs,
    claim::{self, Claim, LEASE},
    queue::SEAL,
    span::JobSpan,
};
use crate::{
    db::Db,
    id::OrganizationId,
    problem::{Kind, Problem},
};

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

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
enum Phase {
    Working,
    Ending,
    Over,
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
    pub async fn run_due(&self) -> Result<usize, DbErr> {
        claim::rescue(&self.db).await?;
        self.fire_schedules().await;
        let (kinds, mut last, mut ran) = (self.jobs.kinds(), OrganizationId::PLATFORM, 0);
        let (_keep, phase) = watch::channel(Phase::Working);
        while let Some(claim) = claim::next(&self.db, &kinds, last).await? {
            last = claim.job.organization_id;
            perform(self.db.clone(), self.jobs.clone(), claim, phase.clone()).await;
            ran += 1;
        }
        Ok(ran)
    }

    async fn work(self, mut phase: watch::Receiver<Phase>, stop: watch::Sender<Phase>) {
        let (kinds, mut last) = (self.jobs.kinds(), OrganizationId::PLATFORM);
        let mut running = JoinSet::new();
        let mut looked = None::<Instant>;
        while *phase.borrow() == Phase::Working {
            if looked.is_none_or(|at| at.elapsed() >= LOOK) {
                if let Err(error) = claim::rescue(&self.db).await {
                    tracing::warn!(%error, "abandoned jobs cannot be looked for");
                }
                self.fire_schedules().await;
                looked = Some(Instant::now());
            }
            while running.len() < SLOTS && *phase.borrow() == Phase::Working {
                match claim::next(&self.db, &kinds, last).await {
                    Ok(Some(claim)) => {
                        last = claim.job.organization_id;
                        let (db, jobs) = (self.db.clone(), self.jobs.clone());
                        running.spawn_local(perform(db, jobs, claim, phase.clone()));
                    }
                    Ok(None) => break,
                    Err(error) => {
                        tracing::warn!(%error, "no job can be claimed");
                        break;
                    }
                }
            }
            tokio::select! {
                _ = phase.changed() => {}
                () = self.db.jobs_due().notified() => {}
                Some(_) = running.join_next() => {}
                () = sleep(LOOK) => {}
            }
        }
        if timeout(GRACE, all(&mut running)).await.is_err() {
            stop.send_replace(Phase::Over);
            all(&mut running).await;
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

async fn all(running: &mut JoinSet<()>) {
    while running.join_next().await.is_some() {}
}

async fn perform(db: Db, jobs: Jobs, claim: Claim, phase: watch::Receiver<Phase>) {
    let span = JobSpan::of(&claim.job);
    span.around(carry_out(db, jobs, claim, phase)).await;
}

/// Runs one job while renewing its lease; says how it ended, if the lease still held then.
async fn carry_out(db: Db, jobs: Jobs, claim: Claim, mut phase: watch::Receiver<Phase>) {
    let (id, kind) = (claim.job.id, claim.job.kind.clone());
    let over = async {
        let _ = phase.wait_for(|phase| *phase == Phase::Over).await;
    };
    let ended = tokio::select! {
        result = run(&db, &jobs, &claim) => finish(&db, &claim, result).await,
        () = lost(&db, &claim) => {
            tracing::warn!(%id, kind, "the lease is lost; another worker may have the job");
            Ok(())
        }
        () = over => claim.hand_back(&db).await,
    };
    if let Err(error) = ended {
        tracing::warn!(%id, kind, %error, "how a job ended cannot be noted; it will run again");
    }
}

async fn run(db: &Db, jobs: &Jobs, claim: &Claim) -> Result<(), Problem> {
    let job = &claim.job;
    if job.attempts > job.most_attempts {
        // It never came to say that it failed: it takes its worker with it.
        return Err(Problem::new(Kind::Internal, "every worker that had it stopped renewing it"));
    }
    let attempt = u16::try_from(job.attempts).unwrap_or(u16::MAX);
    let context = JobContext::new(db.clone(), job.organization_id, attempt);
    let opened = db.keyring().open(SEAL, job.id.0.as_bytes(), &job.payload);
    let payload = opened.map_err(|error| Problem::new(Kind::Internal, error.to_string()))?;
    let running = AssertUnwindSafe(jobs.run(&job.kind, &payload, &context)).catch_unwind().await;
    running.unwrap_or_else(|_| Err(Problem::new(Kind::Internal, "the job panicked")))
}

async fn finish(db: &Db, claim: &Claim, result: Result<(), Problem>) -> Result<(), DbErr> {
    let (id, kind, attempt) = (claim.job.id, claim.job.kind.clone(), claim.job.attempts);
    let outcome = match result {
        Ok(()) => {
            claim.done(db).await?;
            "done"
        }
        Err(problem) => {
            JobSpan::failed(&problem);
            let cause = problem.story();
            if claim.failed(db, &problem).await? {
                tracing::error!(%id, kind, attempt, cause, "a job failed for the last time");
                "dead"
            } else {
                tracing::warn!(%id, kind, attempt, cause, "a job failed and will be tried again");
                "failed"
            }
        }
    };
    metrics::counter!("jobs_total", "kind" => kind, "outcome" => outcome).increment(1);
    Ok(())
}

/// Renews the lease for as long as it can; ends when another worker has it, or may have it because
/// the database could not be reached in time.
async fn lost(db: &Db, claim: &Claim) {
    let mut renewed = Instant::now();
    while renewed.elapsed() < LEASE {
        sleep(LEASE / 3).await;
        let begun = Instant::now();
        match claim.renew(db).await {
            Ok(true) => renewed = begun,
            Ok(false) => return,
            Err(error) => tracing::warn!(%error, "a lease cannot be renewed"),
        }
    }
}
