//! Claiming, renewing and ending jobs: one statement each, guarded by the lease.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, ExprTrait, FromQueryResult,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, LockBehavior, LockType, Query, UpdateStatement},
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

/// Lets others have what nobody renews any more.
pub(super) async fn rescue(db: &Db) -> Result<(), DbErr> {
    let view = db.write_through();
    let mut update = Query::update();
    update.table(Entity);
    released(&mut update, State::Ready, view.now());
    update.and_where(Column::State.eq(State::Running)).and_where(Column::LeaseUntil.lt(view.now()));
    view.execute(&update).await?;
    Ok(())
}

fn released(update: &mut UpdateStatement, state: State, now: DateTime<Utc>) {
    update
        .value(Column::State, Column::State.save_as(Expr::val(state)))
        .value(Column::LeaseId, None::<Uuid>)
        .value(Column::LeaseUntil, None::<DateTime<Utc>>)
        .value(Column::UpdatedAt, now);
}

async fn claim(view: &View, kinds: &[&str], whose: Condition) -> Result<Option<Claim>, DbErr> {
    let (now, lease) = (view.now(), id::next());
    let mut pick = Entity::rows(view)
        .select_only()
        .column(Column::Id)
        .filter(Column::Kind.is_in(kinds.iter().copied()))
        .filter(whose)
        .filter(Column::State.eq(State::Ready))
        .filter(Column::RunAt.lte(now))
        .order_by_asc(Column::OrganizationId)
        .order_by_asc(Column::RunAt)
        .order_by_asc(Column::Id)
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
        // Not IN: PostgreSQL may ask a subquery there more than once, and lock a job each time.
        .and_where(
            Expr::col(Column::Id).eq(Expr::SubQuery(None, Box::new(pick.into_query().into()))),
        )
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
        // PostgreSQL cannot store NUL, and how a job ended must be noted whatever it says.
        let error: String = problem.story().chars().filter(|it| *it != '\0').take(500).collect();
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
        released(&mut update, state, view.now());
        update
            .value(Column::RunAt, run_at)
            .value(Column::Attempts, attempts)
            .value(Column::LastError, Some(error));
        view.execute(&update).await?;
        Ok(())
    }

    fn mine(&self) -> UpdateStatement {
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
