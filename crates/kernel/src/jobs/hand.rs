//! A job in a worker's hand: run while its lease is renewed, and how it ended.

use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use futures_util::FutureExt;
use sea_orm::DbErr;
use tokio::{sync::watch, time::sleep};

use super::{
    JobContext, Jobs,
    claim::{Claim, LEASE, Retry, Then},
    queue::SEAL,
    span::JobSpan,
};
use crate::{
    db::Db,
    problem::{Kind, Problem},
};

/// How often a worker looks whether it still has a job; every tenth second it renews its lease.
const LOOK: Duration = Duration::from_secs(1);

/// Where a worker is on its way to its end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
pub(super) enum Phase {
    Working,
    Ending,
    Over,
}

/// Runs one job while renewing its lease; answers the claim where it is done, which is still to be
/// noted, and notes every other end itself.
pub(super) async fn perform(
    db: Db,
    jobs: Jobs,
    claim: Claim,
    phase: watch::Receiver<Phase>,
) -> Option<Claim> {
    let span = JobSpan::of(&claim.job);
    span.around(carry_out(db, jobs, claim, phase)).await
}

async fn carry_out(
    db: Db,
    jobs: Jobs,
    claim: Claim,
    mut phase: watch::Receiver<Phase>,
) -> Option<Claim> {
    let over = async {
        let _ = phase.wait_for(|phase| *phase == Phase::Over).await;
    };
    let context = JobContext::new(&db, &claim);
    let ended = tokio::select! {
        result = run(&db, &jobs, &claim, &context) => match result {
            Ok(()) => return Some(claim),
            Err(problem) => {
                let again = Retry::After(jobs.backoff(&claim.job.kind));
                let retry = if context.is_hopeless() { Retry::Never } else { again };
                failed(&db, &claim, &problem, retry).await
            }
        },
        () = lost(&db, &claim) => {
            let (id, kind) = (claim.job.id, &claim.job.kind);
            tracing::warn!(%id, kind, "the job is not in this worker's hands any more");
            count(kind, "lost");
            Ok(())
        }
        () = over => claim.hand_back(&db).await,
    };
    if let Err(error) = ended {
        let (id, kind) = (claim.job.id, claim.job.kind);
        tracing::warn!(%id, kind, %error, "how a job ended cannot be noted; it will run again");
    }
    None
}

async fn run(db: &Db, jobs: &Jobs, claim: &Claim, context: &JobContext) -> Result<(), Problem> {
    let job = &claim.job;
    if job.attempts > job.most_attempts {
        // It never came to say that it failed: it takes its worker with it.
        return Err(Problem::new(Kind::Internal, "every worker that had it stopped renewing it"));
    }
    let opened = db.keyring().open(SEAL, job.id.0.as_bytes(), &job.payload);
    let payload = opened.map_err(|error| Problem::new(Kind::Internal, error.to_string()))?;
    let running = AssertUnwindSafe(jobs.run(&job.kind, &payload, context)).catch_unwind().await;
    running.unwrap_or_else(|_| Err(Problem::new(Kind::Internal, "the job panicked")))
}

async fn failed(db: &Db, claim: &Claim, problem: &Problem, retry: Retry) -> Result<(), DbErr> {
    JobSpan::failed(problem);
    let (id, kind, attempt) = (claim.job.id, claim.job.kind.as_str(), claim.job.attempts);
    let cause = problem.story();
    let outcome = match claim.failed(db, problem, retry).await? {
        Then::Dead => {
            tracing::error!(%id, kind, attempt, cause, "a job failed for the last time");
            "dead"
        }
        Then::Waits => {
            tracing::warn!(%id, kind, attempt, cause, "a job failed and will be tried again");
            "failed"
        }
        Then::Lost => {
            tracing::warn!(%id, kind, attempt, cause, "a job ended that was another worker's by then");
            "lost"
        }
    };
    count(kind, outcome);
    Ok(())
}

/// Renews the lease for as long as it can; ends when another worker has the job, somebody has cancelled
/// it, or another may have it because the database could not be reached in time.
async fn lost(db: &Db, claim: &Claim) {
    let mut renewed = Instant::now();
    while renewed.elapsed() < LEASE {
        sleep(LOOK).await;
        let begun = Instant::now();
        let due = renewed.elapsed() >= LEASE / 3;
        let held = if due { claim.renew(db).await } else { claim.holds(db).await };
        match held {
            Ok(true) if due => renewed = begun,
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::warn!(%error, "a lease cannot be renewed"),
        }
    }
}

/// Counts how a job ended.
pub(super) fn count(kind: &str, outcome: &'static str) {
    metrics::counter!("jobs_total", "kind" => kind.to_owned(), "outcome" => outcome).increment(1);
}
