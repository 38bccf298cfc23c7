use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// How it is doing.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthOut {
    /// `ok` or `unavailable`.
    pub status: &'static str,
    /// Each check, and `ok` or what is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub checks: Vec<CheckOut>,
}

/// One check.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckOut {
    /// What was looked at.
    pub name: &'static str,
    /// `ok`, `unavailable`, or `late`, which keeps nobody from being served: entries of the audit log
    /// have waited for their seals for over 30 seconds.
    pub status: &'static str,
}

/// What is running here.
#[derive(Debug, Serialize, ToSchema)]
pub struct InfoOut {
    /// The release.
    pub version: &'static str,
    /// The features that are mounted.
    pub features: Vec<&'static str>,
    /// `sqlite` or `postgresql`.
    pub database: &'static str,
    /// Since when this process has been running.
    pub started_at: DateTime<Utc>,
    /// Jobs that wait or run.
    pub jobs_waiting: i64,
    /// Jobs that failed too often.
    pub jobs_dead: i64,
}
