//! How replicas tell one another what to forget: rows of the change's own transaction, polled.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ActiveValue::Set, DbErr, EntityTrait, QueryFilter, entity::prelude::DateTimeUtc};
use uuid::Uuid;

use super::{Db, Leaving, View, entity::Global};

/// How far a poll looks back, so that what committed late, or was written by a replica whose clock
/// is behind by half a minute, is still seen.
const OVERLAP: TimeDelta = TimeDelta::seconds(60);

/// How many keys a unit of work names; where there are more, others forget all of the cache.
const MANY: usize = 1000;

/// What is no cache's key, and so stands for all of them.
const EVERYTHING: &str = "*";

/// A replica whose last good poll is older than this, in milliseconds, answers nothing from its caches.
const OUT_OF_TOUCH: u64 = 2_000;

/// The rows, alone with what sea-orm derives.
mod entity {
    #![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "cache_invalidations")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub cache: String,
        pub key: String,
        pub created_at: DateTimeUtc,
    }

    impl ActiveModelBehavior for ActiveModel {}

    impl super::Global for Entity {}
}

/// What a unit of work has others forget: the cache and the key.
#[derive(Default)]
pub(super) struct Invalidated(Vec<(&'static str, String)>);

impl Leaving for Invalidated {
    type Row = (&'static str, String);

    fn add(&mut self, row: Self::Row) {
        self.0.push(row);
    }

    async fn write(self, view: &View) -> Result<(), DbErr> {
        // A unit of work may have begun long ago; polls look back from its end.
        let now = view.db().clock().micros();
        let rows = self.named().into_iter().map(|(cache, key)| entity::ActiveModel {
            id: Set(view.id()),
            cache: Set(cache.to_owned()),
            key: Set(key),
            created_at: Set(now),
        });
        entity::Entity::insert_many(rows).exec_without_returning(view).await?;
        Ok(())
    }
}

impl Invalidated {
    /// The keys, or where they are many the caches.
    fn named(self) -> Vec<(&'static str, String)> {
        if self.0.len() <= MANY {
            return self.0;
        }
        let caches: BTreeSet<_> = self.0.into_iter().map(|(cache, _)| cache).collect();
        caches.into_iter().map(|cache| (cache, EVERYTHING.to_owned())).collect()
    }
}

/// What this replica has heard of so far.
pub(super) struct Invalidations {
    seen: Mutex<HashMap<Uuid, DateTimeUtc>>,
    since: Instant,
    /// When the last good poll began, in milliseconds `since` then and never 0; 0 while nobody polls,
    /// as where a process is alone. Every look into a cache reads it.
    last: AtomicU64,
}

impl Invalidations {
    fn seen(&self) -> MutexGuard<'_, HashMap<Uuid, DateTimeUtc>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX).max(1)
    }
}

impl Default for Invalidations {
    fn default() -> Self {
        Self { seen: Mutex::default(), since: Instant::now(), last: AtomicU64::new(0) }
    }
}

impl Db {
    /// Forgets what other replicas have changed since the last poll. A server calls it at least
    /// once a second; once it has begun it must go on, or nothing is answered from the caches.
    pub async fn poll_invalidations(&self) -> Result<(), DbErr> {
        let heard = &self.shared.invalidations;
        let begun = heard.elapsed();
        let _ = heard.last.compare_exchange(0, begun, Ordering::SeqCst, Ordering::SeqCst);
        let view = self.read(super::Asker::default());
        let since = view.now() - OVERLAP;
        let rows = entity::Entity::rows(&view)
            .filter(entity::COLUMN.created_at.gte(since))
            .all(&view)
            .await?;

        let returning = self.is_out_of_touch();
        let mut seen = heard.seen();
        let new: Vec<_> = rows.into_iter().filter(|row| !seen.contains_key(&row.id)).collect();
        for row in &new {
            seen.insert(row.id, row.created_at);
            self.registry().forget(&row.cache, &row.key);
        }
        seen.retain(|_, at| *at >= since);
        if returning {
            // It may have been away for longer than a poll looks back.
            self.registry().forget_everything();
        }
        heard.last.store(begun, Ordering::SeqCst);
        Ok(())
    }

    /// Whether the caches of this replica may be trusted.
    pub(super) fn in_touch(&self) -> bool {
        !self.is_out_of_touch()
    }

    /// Deletes what every replica has long heard of.
    pub(crate) async fn purge_invalidations(&self, now: DateTime<Utc>) -> Result<(), DbErr> {
        let view = self.write_through();
        let long_ago = now - OVERLAP * 10;
        let old = entity::COLUMN.created_at.lt(long_ago);
        entity::Entity::purge(&view).filter(old).exec(&view).await?;
        Ok(())
    }

    fn is_out_of_touch(&self) -> bool {
        let heard = &self.shared.invalidations;
        let last = heard.last.load(Ordering::SeqCst);
        last != 0 && heard.elapsed().saturating_sub(last) > OUT_OF_TOUCH
    }
}
