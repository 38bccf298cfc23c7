//! A part of a transaction that may fail by itself.

use std::sync::atomic::Ordering;

use sea_orm::{ConnectionTrait, DbErr};

use super::{Scope, Tx, unit::Unit};

impl<V: Scope> Tx<V> {
    /// Runs `work` as a part that may fail by itself (a SAVEPOINT): what it has written, left and meant
    /// to do after COMMIT is gone then, and the rest of the transaction stands. It costs two round
    /// trips; what may be there already is inserted with `on_conflict` for less.
    pub async fn attempt<T, E: From<DbErr>>(
        &self,
        work: impl AsyncFnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let before = self.unit().map(Mark::of);
        self.execute_unprepared("savepoint attempt").await?;
        match work().await {
            Ok(done) => {
                self.execute_unprepared("release savepoint attempt").await?;
                Ok(done)
            }
            Err(error) => {
                if let Err(error) = self.execute_unprepared("rollback to savepoint attempt").await {
                    if let Some(unit) = self.unit() {
                        unit.lost.store(true, Ordering::Relaxed);
                    }
                    return Err(error.into());
                }
                self.execute_unprepared("release savepoint attempt").await?;
                if let (Some(unit), Some(before)) = (self.unit(), before) {
                    before.back_to(unit);
                }
                Err(error)
            }
        }
    }
}

/// What a unit of work had gathered at some time.
struct Mark {
    left: Vec<usize>,
    effects: usize,
    failed: bool,
}

impl Mark {
    fn of(unit: &Unit) -> Self {
        Self {
            left: unit.left().heights(),
            effects: unit.effects.len(),
            failed: unit.failed.load(Ordering::Relaxed),
        }
    }

    fn back_to(self, unit: &Unit) {
        unit.left().cut(&self.left);
        unit.effects.truncate(self.effects);
        unit.failed.store(self.failed, Ordering::Relaxed);
    }
}
