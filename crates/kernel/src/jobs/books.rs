//! The queue for those who look after it.

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::Query,
};

use super::{
    claim::released,
    entity::{JobId, State},
    row::{Column, Entity, Model as JobRow},
};
use crate::{
    db::{Global, Listing, PageOf, PageRequest, Scope, Tx, View},
    id::OrganizationId,
    problem::Refusal,
};

/// Which jobs are wanted.
#[derive(Clone, Debug, Default)]
pub struct JobFilter {
    /// Where they stand.
    pub state: Option<State>,
    /// What they are called.
    pub kind: Option<String>,
    /// Whose they are; the nil id is the platform.
    pub organization: Option<OrganizationId>,
}

static LISTING: Listing<Entity> = Listing {
    id: Column::Id,
    sorts: &[("created_at", Column::Id), ("run_at", Column::RunAt)],
    default: "-created_at",
};

/// A page of the queue.
pub async fn list(
    view: &View,
    page: &PageRequest,
    filter: &JobFilter,
) -> Result<PageOf<JobRow>, Refusal> {
    let JobFilter { state, kind, organization } = filter;
    let rows = Entity::rows(view)
        .apply_if(*state, |rows, it| rows.filter(Column::State.eq(it)))
        .apply_if(kind.as_deref(), |rows, it| rows.filter(Column::Kind.eq(it)))
        .apply_if(*organization, |rows, it| rows.filter(Column::OrganizationId.eq(it)));
    page.of(rows, &LISTING, view).await
}

/// A job, unless it is done.
pub async fn find(view: &View, id: JobId) -> Result<Option<JobRow>, DbErr> {
    Entity::rows(view).filter(Column::Id.eq(id)).one(view).await
}

/// The same, kept from workers until the transaction ends.
pub async fn for_change(tx: &Tx<impl Scope>, id: JobId) -> Result<Option<JobRow>, DbErr> {
    Entity::rows(tx.view()).filter(Column::Id.eq(id)).lock_exclusive().one(tx).await
}

/// Has a job begin anew, at once and with all its attempts. Where it has a key, another of it may wait
/// by now: `jobs_kind_unique_key_key`.
pub async fn retry(tx: &Tx<impl Scope>, id: JobId) -> Result<(), DbErr> {
    let view = tx.view();
    let mut update = Query::update();
    update.table(Entity);
    released(&mut update, State::Ready, view.now());
    update
        .value(Column::Attempts, 0)
        .value(Column::RunAt, view.now())
        .value(Column::ProgressDone, None::<i64>)
        .value(Column::ProgressTotal, None::<i64>)
        .and_where(Column::Id.eq(id));
    tx.execute(&update).await?;
    let db = view.db().clone();
    tx.on_commit(move || db.jobs_due().notify_one());
    Ok(())
}

/// Takes a job out of the queue, and out of the hands of the worker that has it.
pub async fn cancel(tx: &Tx<impl Scope>, id: JobId) -> Result<(), DbErr> {
    let mut update = Query::update();
    update.table(Entity);
    released(&mut update, State::Cancelled, tx.view().now());
    update.and_where(Column::Id.eq(id));
    tx.execute(&update).await?;
    Ok(())
}

/// Removes up to `most` jobs that were given up before `before`, and answers how many.
pub async fn purge(tx: &Tx<impl Scope>, before: DateTime<Utc>, most: u64) -> Result<u64, DbErr> {
    let old: Vec<JobId> = Entity::rows(tx.view())
        .select_only()
        .column(Column::Id)
        .filter(Column::State.is_in([State::Dead, State::Cancelled]))
        .filter(Column::UpdatedAt.lt(before))
        .order_by_asc(Column::UpdatedAt)
        .limit(most)
        .into_tuple()
        .all(tx)
        .await?;
    Ok(Entity::remove(tx).filter(Column::Id.is_in(old)).exec(tx).await?.rows_affected)
}
