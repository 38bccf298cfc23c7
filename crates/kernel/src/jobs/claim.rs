//! Claiming, renewing and ending jobs: one statement each, guarded by the lease.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, ExprTrait, FromQueryResult,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{CommonTableExpression, Expr, LockBehavior, LockType, Query, UpdateStatement},
};
use uuid::Uuid;

use super::{
    entity::{Column, Entity, Model, State},
    pause::pause,
};
use crate::{
    db::{Db, Fence, Global, View},
    id::{self, OrganizationId},
    problem::Problem,
};

/// How long a claim holds without being renewed.
pub(super) const LEASE: Duration = Duration::from_secs(30);

/// A job in a worker's hands.
pub(super) struct Claim {
    pub job: Model,
    pub lease: Uuid,
}

/// How a job that failed goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// It waits for its next attempt.
    Waits,
    /// It has failed too often.
    Dead,
    /// It was no longer in these hands.
    Lost,
}

/// What a job that failed is to do.
#[derive(Clone, Copy, Debug)]
pub(super) enum Retry {
    /// Try again, the first time after this pause.
    After(Duration),
    /// Never: it has said that it would fail again.
    Never,
}

/// Claims up to `most` due jobs in one statement, those of organizations after `last` first, and of
/// any in another where they are fewer: so that one tenant's thousand jobs do not hold up another's
/// one.
pub(super) async fn next(
    db: &Db,
    kinds: &[&str],
    last: OrganizationId,
    most: usize,
) -> Result<Vec<Claim>, DbErr> {
    let view = db.write_through();
    let most = u64::try_from(most).unwrap_or_default();
    let mut claims = claim(&view, kinds, Column::OrganizationId.gt(last).into(), most).await?;
    let left = most.saturating_sub(u64::try_from(claims.len()).unwrap_or(most));
    if left > 0 {
        claims.extend(claim(&view, kinds, Condition::all(), left).await?);
    }
    Ok(claims)
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

/// These are done and gone; a job that was lost meanwhile stays. Answers how many were not.
pub(super) async fn done(db: &Db, claims: &[Claim]) -> Result<u64, DbErr> {
    let view = db.write_through();
    let held = claims.iter().fold(Condition::any(), |any, claim| any.add(claim.held()));
    let mut delete = Query::delete();
    delete.from_table(Entity).cond_where(held);
    Ok(view.execute(&delete).await?.rows_affected())
}

pub(super) fn released(update: &mut UpdateStatement, state: State, now: DateTime<Utc>) {
    update
        .value(Column::State, Column::State.save_as(Expr::val(state)))
        .value(Column::LeaseId, None::<Uuid>)
        .value(Column::LeaseUntil, None::<DateTime<Utc>>)
        .value(Column::UpdatedAt, now);
}

async fn claim(
    view: &View,
    kinds: &[&str],
    whose: Condition,
    most: u64,
) -> Result<Vec<Claim>, DbErr> {
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
        .limit(most);
    if view.get_database_backend() == DbBackend::Postgres {
        pick = pick.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    // By a name of its own: PostgreSQL may ask a subquery of IN more than once, and lock other jobs each
    // time.
    let mut due = CommonTableExpression::new();
    due.table_name("due").column("id").query(pick.into_query()).materialized(true);
    let ids = Query::select().column("id").from("due").to_owned();
    let mut update = Query::update();
    update
        .table(Entity)
        .value(Column::State, Column::State.save_as(Expr::val(State::Running)))
        .value(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .value(Column::LeaseId, lease)
        .value(Column::LeaseUntil, now + lease_length())
        .value(Column::UpdatedAt, now)
        .and_where(Expr::col(Column::Id).in_subquery(ids))
        .returning_all();
    let claiming = Query::with().cte(due).to_owned().query(update);
    let rows = view.query_all(&claiming).await?;
    let jobs = rows.iter().map(|row| Model::from_query_result(row, ""));
    let mut jobs: Vec<Model> = jobs.collect::<Result<_, _>>()?;
    jobs.sort_by_key(|job| (job.organization_id, job.run_at, job.id));
    Ok(jobs.into_iter().map(|job| Claim { job, lease }).collect())
}

impl Claim {
    /// What holds what is done under it to it.
    pub fn fence(&self) -> Fence {
        Fence { job: self.job.id.0, lease: self.lease }
    }

    /// Keeps it for another while; `false` where another worker has it by now, or it was cancelled.
    pub async fn renew(&self, db: &Db) -> Result<bool, DbErr> {
        let view = db.write_through();
        let mut update = self.mine();
        update.value(Column::LeaseUntil, view.now() + lease_length());
        Ok(view.execute(&update).await?.rows_affected() == 1)
    }

    /// Whether it is still in these hands.
    pub async fn holds(&self, db: &Db) -> Result<bool, DbErr> {
        let view = db.write_through();
        let mut held = Query::select();
        held.column(Column::Id).from(Entity).and_where(self.held());
        Ok(view.query_one(&held).await?.is_some())
    }

    /// It failed: it waits for its next attempt, if it is to have one, or is dead.
    pub async fn failed(&self, db: &Db, problem: &Problem, retry: Retry) -> Result<Then, DbErr> {
        let (view, job) = (db.write_through(), &self.job);
        let (state, then, run_at) = match retry {
            Retry::After(backoff) if job.attempts < job.most_attempts => {
                (State::Ready, Then::Waits, pause(backoff, job.attempts, view.now()))
            }
            _ => (State::Dead, Then::Dead, view.now()),
        };
        // PostgreSQL cannot store NUL, and how a job ended must be noted whatever it says.
        let error: String = problem.story().chars().filter(|it| *it != '\0').take(500).collect();
        let noted = self.give_up(&view, state, run_at, job.attempts, Some(error)).await?;
        Ok(if noted { then } else { Then::Lost })
    }

    /// The worker ends before the job: another may have it at once, and it does not count.
    pub async fn hand_back(&self, db: &Db) -> Result<(), DbErr> {
        let (view, job) = (db.write_through(), &self.job);
        let error = job.last_error.clone();
        self.give_up(&view, State::Ready, view.now(), job.attempts - 1, error).await?;
        Ok(())
    }

    async fn give_up(
        &self,
        view: &View,
        state: State,
        run_at: DateTime<Utc>,
        attempts: i32,
        error: Option<String>,
    ) -> Result<bool, DbErr> {
        let mut update = self.mine();
        released(&mut update, state, view.now());
        update
            .value(Column::RunAt, run_at)
            .value(Column::Attempts, attempts)
            .value(Column::LastError, error);
        Ok(view.execute(&update).await?.rows_affected() == 1)
    }

    fn mine(&self) -> UpdateStatement {
        let mut update = Query::update();
        update.table(Entity).and_where(self.held());
        update
    }

    /// The fence: who has lost the lease changes nothing any more.
    fn held(&self) -> Expr {
        Column::Id.eq(self.job.id).and(Column::LeaseId.eq(self.lease))
    }
}

fn lease_length() -> TimeDelta {
    TimeDelta::from_std(LEASE).unwrap_or_default()
}
