//! The door through which units of work go.

use std::sync::{Arc, atomic::Ordering};

use sea_orm::DbErr;

use super::{
    Db, Scope, Tx,
    executor::Source,
    fence::Fence,
    unit::{Unit, taken},
};

/// A caller at a place, about to read or write.
pub struct Door<V> {
    pub(super) db: Db,
    pub(super) place: V,
    pub(super) fence: Option<Fence>,
}

impl<V: Scope> Door<V> {
    /// The same door for who works on a job: what they do commits only while they have it.
    pub(crate) fn fenced(self, fence: Fence) -> Self {
        Self { fence: Some(fence), ..self }
    }

    /// Reads, each statement on its own.
    pub fn view(&self) -> &V {
        &self.place
    }

    /// Runs `work` in one transaction: committed when it succeeds, gone when it does not – nor when
    /// a statement of it failed, even if `work` makes do with that: PostgreSQL undoes the whole then.
    /// What may be there already is inserted with `on_conflict`, or tried in a [`Tx::attempt`].
    ///
    /// On SQLite units of work that come at the same time share a COMMIT: each succeeds or fails for
    /// itself, and none is answered before it is on the disk. Who keeps others waiting for two seconds
    /// there is undone and told to come again.
    pub async fn run<T, E: From<DbErr>>(
        &self,
        work: impl AsyncFnOnce(&Tx<V>) -> Result<T, E>,
    ) -> Result<T, E> {
        let tx = self.begin().await?;
        let mut done = work(&tx).await;
        if done.is_ok()
            && let Err(error) = self.complete(&tx).await
        {
            done = Err(error.into());
        }

        let source = Arc::clone(&tx.0.view().source);
        drop(tx);
        let Source::Transaction(unit) = &*source else { return done };
        if done.is_ok() && Arc::strong_count(&source) > 1 {
            done = Err(outlived().into());
        }
        match (unit.end().await, done) {
            (Some(turn), Ok(done)) => {
                turn.keep(unit.effects.take()).await?;
                Ok(done)
            }
            (Some(turn), Err(error)) => {
                if unit.is_lost() {
                    turn.lose();
                } else {
                    turn.undo().await?;
                }
                Err(error)
            }
            (None, Ok(_)) => Err(taken().into()),
            (None, Err(error)) => Err(error),
        }
    }

    async fn begin(&self) -> Result<Tx<V>, DbErr> {
        let turn = self.db.lane.writer.begun(self.db.company).await?;
        let asker = Arc::clone(&self.place.view().asker);
        let view = self.db.view(Arc::new(Source::Transaction(Unit::new(turn))), asker);
        Ok(Tx(self.place.through(view)))
    }

    /// Writes what was left; refuses where a statement has failed, or the job is not in hand any more.
    async fn complete(&self, tx: &Tx<V>) -> Result<(), DbErr> {
        let Some(unit) = tx.unit() else { return Ok(()) };
        let left = std::mem::take(&mut *unit.left());
        left.write(tx.0.view()).await?;
        if let Some(fence) = self.fence
            && !fence.holds(tx.0.view()).await?
        {
            return Err(DbErr::Custom("the job is not in this worker's hands any more".into()));
        }
        if unit.failed.load(Ordering::Relaxed) {
            let why = "a statement failed, so the unit of work cannot succeed";
            return Err(DbErr::Custom(why.into()));
        }
        Ok(())
    }
}

fn outlived() -> DbErr {
    DbErr::Custom("a transaction outlived its unit of work".into())
}
