//! Queueing: a row of the same transaction, written just before its COMMIT.

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, DbErr, EntityTrait, sea_query::OnConflict};

use super::{
    Job,
    entity::{self, JobId, State},
};
use crate::{
    db::{Leaving, Scope, Tx, View},
    id::OrganizationId,
    trace::TracePlace,
};

/// What payloads are sealed for: they may hold links and addresses.
pub(super) const SEAL: &str = "job";

impl<V: Scope> Tx<V> {
    /// Queues a job for the organization one stands in, or the platform.
    pub fn enqueue<J: Job>(&self, job: &J) -> Result<(), DbErr> {
        self.enqueue_at(job, Scope::view(&**self).now())
    }

    /// The same, not before `due`.
    pub fn enqueue_at<J: Job>(&self, job: &J, due: DateTime<Utc>) -> Result<(), DbErr> {
        let view = Scope::view(&**self);
        let (id, trace): (JobId, _) = (view.id(), TracePlace::current());
        let payload = serde_json::to_vec(job).map_err(|error| DbErr::Json(error.to_string()))?;
        self.leave::<Queued>(entity::ActiveModel {
            id: Set(id),
            kind: Set(J::KIND.to_owned()),
            organization_id: Set(self.organization().unwrap_or(OrganizationId::PLATFORM)),
            unique_key: Set(job.unique_key()),
            payload: Set(view.keyring().seal(SEAL, id.0.as_bytes(), &payload)),
            state: Set(State::Ready),
            attempts: Set(0),
            most_attempts: Set(J::ATTEMPTS.into()),
            run_at: Set(due),
            lease_id: Set(None),
            lease_until: Set(None),
            last_error: Set(None),
            progress_done: Set(None),
            progress_total: Set(None),
            traceparent: Set(trace.as_ref().map(|it| it.traceparent.clone())),
            tracestate: Set(trace.map(|it| it.tracestate).filter(|it| !it.is_empty())),
            created_at: Set(view.now()),
            updated_at: Set(view.now()),
        });
        let db = view.db().clone();
        self.on_commit(move || db.jobs_due().notify_one());
        Ok(())
    }
}

/// The jobs of one unit of work.
#[derive(Default)]
struct Queued(Vec<entity::ActiveModel>);

impl Leaving for Queued {
    type Row = entity::ActiveModel;

    fn add(&mut self, row: Self::Row) {
        self.0.push(row);
    }

    async fn write(mut self, view: &View) -> Result<(), DbErr> {
        // In one order everywhere: two units of work that queue the same keys wait for one another.
        self.0.sort_by(|a, b| a.unique_key.as_ref().cmp(b.unique_key.as_ref()));
        // Of any index: sea-orm's own on_conflict_do_nothing() means the primary key.
        let known = OnConflict::new().do_nothing().to_owned();
        let insert = entity::Entity::insert_many(self.0).on_conflict(known);
        insert.exec_without_returning(view).await?;
        Ok(())
    }
}
