//! How full the queue is.

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, DbErr, QueryFilter, QuerySelect, entity::prelude::DateTimeUtc};

use super::entity::{Column, Entity, JobId, State};
use crate::db::{Global, View};

/// What waits, and how late it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Depth {
    /// Jobs that wait or run.
    pub waiting: i64,
    /// Jobs that failed too often.
    pub dead: i64,
    /// For how long the oldest due job has been waiting.
    pub lag: TimeDelta,
}

/// Whether the queue can be read at all; one statement, however full it is.
pub async fn can_be_read(view: &View) -> bool {
    let one = Entity::rows(view).select_only().column(Column::Id).limit(1);
    one.into_tuple::<JobId>().one(view).await.is_ok()
}

/// How full the queue is; two statements.
pub async fn depth(view: &View) -> Result<Depth, DbErr> {
    let rows: Vec<(State, i64)> = Entity::rows(view)
        .select_only()
        .column(Column::State)
        .column_as(Column::Id.count(), "jobs")
        .group_by(Column::State)
        .into_tuple()
        .all(view)
        .await?;
    let count = |wanted| rows.iter().filter(|(state, _)| *state == wanted).map(|(_, n)| n).sum();
    let oldest: Option<Option<DateTimeUtc>> = Entity::rows(view)
        .select_only()
        .column_as(Column::RunAt.min(), "oldest")
        .filter(Column::State.eq(State::Ready))
        .into_tuple()
        .one(view)
        .await?;
    let lag = oldest.flatten().map_or(TimeDelta::zero(), |oldest| view.now() - oldest);
    let (ready, running): (i64, i64) = (count(State::Ready), count(State::Running));
    Ok(Depth {
        waiting: ready + running,
        dead: count(State::Dead),
        lag: lag.max(TimeDelta::zero()),
    })
}
