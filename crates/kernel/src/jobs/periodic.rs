//! What runs by the clock: once across all replicas.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, DbErr, EntityTrait, QueryFilter, sea_query::Expr};

use super::Job;
use crate::db::{Db, Global, Tx};

mod entity {
    #![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "job_schedules")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub kind: String,
        pub fired_at: DateTimeUtc,
    }

    impl ActiveModelBehavior for ActiveModel {}

    impl crate::db::Global for Entity {}
}

/// A job and how often it runs.
#[derive(Clone, Copy)]
pub struct Schedule {
    kind: &'static str,
    interval: Duration,
    enqueue: fn(&Tx) -> Result<(), DbErr>,
}

impl Schedule {
    pub(crate) fn of<J: Job + Default>(interval: Duration) -> Self {
        Self { kind: J::KIND, interval, enqueue: |tx| tx.enqueue(&J::default()) }
    }

    /// Queues the job if its time has come and nobody else was first: the row that remembers the
    /// last time decides.
    pub(super) async fn fire(&self, db: &Db) -> Result<(), DbErr> {
        let door = db.system();
        let due = self.last_time(door.view().now());
        let fired = entity::Entity::rows(door.view())
            .filter(entity::COLUMN.kind.eq(self.kind))
            .filter(entity::COLUMN.fired_at.gte(due))
            .one(door.view())
            .await?;
        if fired.is_some() {
            return Ok(());
        }
        door.run(async |tx| {
            let row = entity::ActiveModel {
                kind: Set(self.kind.to_owned()),
                fired_at: Set(DateTime::UNIX_EPOCH),
            };
            entity::Entity::insert(row).on_conflict_do_nothing().exec_without_returning(tx).await?;
            let first = entity::Entity::change(tx)
                .col_expr(entity::Column::FiredAt, Expr::val(due))
                .filter(entity::COLUMN.kind.eq(self.kind))
                .filter(entity::COLUMN.fired_at.lt(due))
                .exec(tx)
                .await?;
            if first.rows_affected == 1 { (self.enqueue)(tx) } else { Ok(()) }
        })
        .await
    }

    /// The last multiple of the interval, counted from the epoch.
    fn last_time(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let interval = i64::try_from(self.interval.as_micros()).unwrap_or(i64::MAX).max(1);
        now - TimeDelta::microseconds(now.timestamp_micros().rem_euclid(interval))
    }
}
