use audit_log::Audited;
use chrono::{DateTime, Utc};
use kernel::{
    OrganizationId,
    jobs::{JobFilter, JobId, JobRow, State},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// A job of the queue. What it is about is not shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct JobOut {
    /// Its id.
    pub id: JobId,
    /// What it does, `feature.what`.
    #[schema(example = "notifications.send_mail")]
    pub kind: String,
    /// The organization it works for; `null` on the platform.
    #[schema(required = true)]
    pub organization_id: Option<OrganizationId>,
    /// Where it stands.
    pub state: JobState,
    /// How often it has begun.
    pub attempts: i32,
    /// How often it may.
    pub max_attempts: i32,
    /// When it is due, or was.
    pub run_at: DateTime<Utc>,
    /// Why it has failed the last time.
    #[schema(required = true)]
    pub last_error: Option<String>,
    /// How far it is; `null` where it does not tell.
    #[schema(required = true)]
    pub progress: Option<ProgressOut>,
    /// When it was queued.
    pub created_at: DateTime<Utc>,
    /// When this was last true.
    pub updated_at: DateTime<Utc>,
}

/// How far a job is, in whatever it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProgressOut {
    /// What is done.
    pub done: i64,
    /// What there is to do; `null` where that is not known.
    #[schema(required = true)]
    pub total: Option<i64>,
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// It waits for its time, or for a worker.
    Ready,
    /// A worker has it.
    Running,
    /// It has failed too often, and waits for somebody who looks.
    Dead,
    /// Somebody has taken it out of the queue.
    Cancelled,
}

/// Which jobs are wanted.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct JobsFilter {
    /// Where they stand.
    #[serde(default)]
    pub state: Option<JobState>,
    /// What they do.
    #[serde(default)]
    #[validate(length(min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100, example = "notifications.send_mail")]
    pub kind: Option<String>,
    /// The organization they work for; the nil id for the platform's.
    #[serde(default)]
    pub organization_id: Option<OrganizationId>,
}

impl From<JobsFilter> for JobFilter {
    fn from(filter: JobsFilter) -> Self {
        let JobsFilter { state, kind, organization_id } = filter;
        Self { state: state.map(State::from), kind, organization: organization_id }
    }
}

impl From<JobRow> for JobOut {
    fn from(job: JobRow) -> Self {
        let total = job.progress_total;
        Self {
            id: job.id,
            kind: job.kind,
            organization_id: Some(job.organization_id).filter(|id| *id != OrganizationId::PLATFORM),
            state: job.state.into(),
            attempts: job.attempts,
            max_attempts: job.most_attempts,
            run_at: job.run_at,
            last_error: job.last_error.filter(|it| !it.is_empty()),
            progress: job.progress_done.map(|done| ProgressOut { done, total }),
            created_at: job.created_at,
            updated_at: job.updated_at,
        }
    }
}

impl From<State> for JobState {
    fn from(state: State) -> Self {
        match state {
            State::Ready => Self::Ready,
            State::Running => Self::Running,
            State::Dead => Self::Dead,
            State::Cancelled => Self::Cancelled,
        }
    }
}

impl From<JobState> for State {
    fn from(state: JobState) -> Self {
        match state {
            JobState::Ready => Self::Ready,
            JobState::Running => Self::Running,
            JobState::Dead => Self::Dead,
            JobState::Cancelled => Self::Cancelled,
        }
    }
}

/// What the audit log says of a job that was taken in hand. Why it failed may name people.
#[derive(Serialize)]
pub struct JobStanding {
    state: JobState,
    attempts: i32,
}

impl Audited for JobStanding {}

impl From<&JobOut> for JobStanding {
    fn from(job: &JobOut) -> Self {
        Self { state: job.state, attempts: job.attempts }
    }
}
