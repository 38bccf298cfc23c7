//! The rows of the queue, alone with what sea-orm derives.
#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use sea_orm::entity::prelude::*;

use crate::{db::Global, id::OrganizationId};

crate::id!(
    /// A job.
    JobId
);

/// Where a job stands; one that is done is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
pub enum State {
    /// It waits for its time, or for a worker.
    #[sea_orm(string_value = "ready")]
    Ready,
    /// A worker has it.
    #[sea_orm(string_value = "running")]
    Running,
    /// It has failed too often.
    #[sea_orm(string_value = "dead")]
    Dead,
    /// Somebody has taken it out of the queue.
    #[sea_orm(string_value = "cancelled")]
    Cancelled,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: JobId,
    pub kind: String,
    pub organization_id: OrganizationId,
    pub unique_key: String,
    pub payload: Vec<u8>,
    pub state: State,
    pub attempts: i32,
    pub most_attempts: i32,
    pub run_at: DateTimeUtc,
    pub lease_id: Option<Uuid>,
    pub lease_until: Option<DateTimeUtc>,
    pub last_error: Option<String>,
    pub progress_done: Option<i64>,
    pub progress_total: Option<i64>,
    pub traceparent: Option<String>,
    pub tracestate: Option<String>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl Global for Entity {}
