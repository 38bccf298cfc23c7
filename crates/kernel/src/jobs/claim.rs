//! Claiming, renewing and ending jobs: one statement each, guarded by the lease.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, ExprTrait,
    FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, LockBehavior, LockType, Query},
};
use uuid::Uuid;

use super::entity::{Column, Entity, JobId, Model, State};
use crate::{
    db::{Db, Global, View},
    id::{self, OrganizationId},
    problem::Problem,
};

/// How long a claim holds without being renewed.
pub(super) const LEASE: Duration = Duration::from_secs(30);

/// The first pause after a failure; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// A job in a worker's hands.
pub(super) struct Claim {
    pub job: Model,
    pub lease: Uuid,
}

/// Claims the next due job of an organization after `last`, else of any: so that one tenant's
/// thousand jobs do not hold up another's one.
pub(super) async fn next(
    db: &Db,
    kinds: &[&str],
    last: OrganizationId,
) -> Result<Option<Claim>, DbErr> {
    let view = db.write_through();
    if let Some(claim) = claim(&view, kinds, Column::OrganizationId.gt(last).into()).await? {
        return Ok(Some(claim));
    }
    claim(&view, kinds, Condition::all()).await
}

async fn claim(view: &View, kinds: &[&str], whose: Condition) -> Result<Option<Claim>, DbErr> {
    let (now, lease) = (view.now(), id::next());
    let ready = Condition::all().add(Column::State.eq(State::Ready)).add(Column::RunAt.lte(now));
    let abandoned =
        Condition::all().add(Column::State.eq(State::Running)).add(Column::LeaseUntil.lt(now));
    let mut pick = Entity::rows(view)
        .select_only()
        .column(Column::Id)
        .filter(Column::Kind.is_in(kinds.iter().copied()))
        .filter(whose)
        .filter(Condition::any().add(ready).add(abandoned))
        .order_by_asc(Column::OrganizationId)
        .order_by_asc(Column::RunAt)
        .limit(1);
    if view.get_database_backend() == DbBackend::Postgres {
        pick = pick.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let mut update = Query::update();
    update
        .table(Entity)
        .value(Column::State, Column::State.save_as(Expr::val(State::Running)))
        .value(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .value(Column::LeaseId, lease)
        .value(Column::LeaseUntil, now + lease_length())
        .value(Column::UpdatedAt, now)
        .and_where(Expr::col(Column::Id).in_subquery(pick.into_query()))
        .returning_all();
    let row = view.query_one(&update).await?;
    let job = row.map(|row| Model::from_query_result(&row, "")).transpose()?;
    Ok(job.map(|job| Claim { job, lease }))
}

impl Claim {
    /// Keeps it for another while; `false` where another worker has it by now.
    pub async fn renew(&self, db: &Db) -> Result<bool, DbErr> {
        let view = db.write_through();
        let mut update = self.mine();
        update.value(Column::LeaseUntil, view.now() + lease_length());
        Ok(view.execute(&update).await?.rows_affected() == 1)
    }

    /// It is done and gone.
    pub async fn done(&self, db: &Db) -> Result<(), DbErr> {
        let view = db.write_through();
        let mut delete = Query::delete();
        delete.from_table(Entity).and_where(self.held());
        view.execute(&delete).await?;
        Ok(())
    }

    /// It failed: it waits, or is dead. Answers whether it is dead.
    pub async fn failed(&self, db: &Db, problem: &Problem) -> Result<bool, DbErr> {
        let view = db.write_through();
        let dead = self.job.attempts >= self.job.most_attempts;
        let state = if dead { State::Dead } else { State::Ready };
        let error: String = problem.story().chars().take(500).collect();
        self.give_up(&view, state, pause(self.job.attempts, view.now()), self.job.attempts, error)
            .await?;
        Ok(dead)
    }

    /// The worker ends before the job: another may have it at once, and it does not count.
    pub async fn hand_back(&self, db: &Db) -> Result<(), DbErr> {
        let view = db.write_through();
        let attempts = self.job.attempts - 1;
        let error = self.job.last_error.clone().unwrap_or_default();
        self.give_up(&view, State::Ready, view.now(), attempts, error).await
    }

    async fn give_up(
        &self,
        view: &View,
        state: State,
        run_at: DateTime<Utc>,
        attempts: i32,
        error: String,
    ) -> Result<(), DbErr> {
        let mut update = self.mine();
        update
            .value(Column::State, Column::State.save_as(Expr::val(state)))
            .value(Column::RunAt, run_at)
            .value(Column::Attempts, attempts)
            .value(Column::LeaseId, None::<Uuid>)
            .value(Column::LeaseUntil, None::<DateTime<Utc>>)
            .value(Column::LastError, Some(error))
            .value(Column::UpdatedAt, view.now());
        view.execute(&update).await?;
        Ok(())
    }

    fn mine(&self) -> sea_orm::sea_query::UpdateStatement {
        let mut update = Query::update();
        update.table(Entity).and_where(self.held());
        update
    }

    /// The fence: who has lost the lease changes nothing any more.
    fn held(&self) -> Expr {
        let Self { job, lease } = self;
        let id: JobId = job.id;
        Column::Id.eq(id).and(Column::LeaseId.eq(*lease))
    }
}

/// When to try again: 5 s, 10 s, 20 s … up to an hour, each a fifth more or less, so that what
/// failed together does not come back together.
fn pause(attempts: i32, now: DateTime<Utc>) -> DateTime<Utc> {
    let doublings = Ord::min(u32::try_from(attempts - 1).unwrap_or_default(), 20);
    let pause = Ord::min(FIRST_PAUSE.saturating_mul(1 << doublings), LONGEST_PAUSE);
    let [jitter] = id::random::<1>();
    let pause = pause.mul_f64(0.8 + 0.4 * f64::from(jitter) / 255.0);
    now + TimeDelta::from_std(pause).unwrap_or_default()
}

fn lease_length() -> TimeDelta {
    TimeDelta::from_std(LEASE).unwrap_or_default()
}
