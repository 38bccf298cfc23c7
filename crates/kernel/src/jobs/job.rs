//! What a job is, and who can run which.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use futures_util::future::LocalBoxFuture;
use serde::{Serialize, de::DeserializeOwned};

use super::{JobContext, Schedule, Sentry};
use crate::problem::Problem;

/// Work to be done later: a struct that holds what it is about.
///
/// It may run more than once – a worker can die between the work and saying so – and must come out
/// the same then.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Its name in the queue, `feature.what`; it outlives releases.
    const KIND: &'static str;
    /// How often it is tried before it is dead.
    const ATTEMPTS: u16 = 10;
    /// The pause after its first failure; each further one is twice as long, up to an hour.
    const BACKOFF: Duration = Duration::from_secs(5);

    /// While a job of this key waits or runs, another of it is not queued; empty for none.
    fn unique_key(&self) -> String {
        String::new()
    }

    /// Does it. An error means: try again later.
    fn run(self, context: &JobContext) -> impl Future<Output = Result<(), Problem>>;
}

/// Runs the jobs of one kind.
#[derive(Clone, Copy)]
pub struct Runner {
    kind: &'static str,
    backoff: Duration,
    run: for<'a> fn(&'a [u8], &'a JobContext) -> Running<'a>,
}

type Running<'a> = LocalBoxFuture<'a, Result<(), Problem>>;

impl Runner {
    pub(crate) fn of<J: Job>() -> Self {
        let (kind, backoff) = (J::KIND, J::BACKOFF);
        Self { kind, backoff, run: |payload, context| Box::pin(run::<J>(payload, context)) }
    }
}

async fn run<J: Job>(payload: &[u8], context: &JobContext) -> Result<(), Problem> {
    let job: J = serde_json::from_slice(payload).map_err(|error| {
        // Its own words would repeat what is there.
        let (kind, line, column) = (J::KIND, error.line(), error.column());
        let detail = format!("the payload of a {kind} does not fit at {line}:{column}");
        Problem::new(crate::problem::Kind::Internal, detail)
    })?;
    job.run(context).await
}

/// Every kind of job the mounted features can run, what runs by the clock, and what never ends.
#[derive(Clone)]
pub struct Jobs {
    runners: Arc<HashMap<&'static str, Runner>>,
    schedules: Arc<[Schedule]>,
    sentries: Arc<[Sentry]>,
}

impl Jobs {
    pub(crate) fn of(
        runners: Vec<Runner>,
        schedules: Vec<Schedule>,
        sentries: Vec<Sentry>,
    ) -> Result<Self, String> {
        let mut all = HashMap::new();
        for runner in runners {
            if all.insert(runner.kind, runner).is_some() {
                return Err(format!("the job {} is declared twice", runner.kind));
            }
        }
        let mut names = HashSet::new();
        if let Some(twice) = sentries.iter().find(|sentry| !names.insert(sentry.name)) {
            return Err(format!("the duty {} is declared twice", twice.name));
        }
        let (schedules, sentries) = (schedules.into(), sentries.into());
        Ok(Self { runners: Arc::new(all), schedules, sentries })
    }

    pub(super) fn sentries(&self) -> &[Sentry] {
        &self.sentries
    }

    pub(super) fn schedules(&self) -> &[Schedule] {
        &self.schedules
    }

    /// The kinds that this process can run: an older or newer replica leaves the others alone.
    pub(super) fn kinds(&self) -> Vec<&'static str> {
        let mut kinds: Vec<_> = self.runners.keys().copied().collect();
        kinds.sort_unstable();
        kinds
    }

    /// The pause after the first failure of this kind.
    pub(super) fn backoff(&self, kind: &str) -> Duration {
        self.runners.get(kind).map_or(Duration::from_secs(5), |runner| runner.backoff)
    }

    pub(super) async fn run(
        &self,
        kind: &str,
        payload: &[u8],
        context: &JobContext,
    ) -> Result<(), Problem> {
        match self.runners.get(kind) {
            Some(runner) => (runner.run)(payload, context).await,
            None => Err(Problem::new(crate::problem::Kind::Internal, "nobody runs this kind")),
        }
    }
}
