//! The door through which units of work go.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, PoisonError},
};

use sea_orm::{DbErr, SqliteTransactionMode, TransactionOptions, TransactionTrait};

use super::{
    Db, Scope, Tx,
    executor::{Source, Unit},
    fence::Fence,
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
    pub async fn run<T, E: From<DbErr>>(
        &self,
        work: impl AsyncFnOnce(&Tx<V>) -> Result<T, E>,
    ) -> Result<T, E> {
        let tx = self.begin().await?;
        match work(&tx).await {
            Ok(done) => {
                self.commit(tx).await?;
                Ok(done)
            }
            Err(error) => {
                if let Ok(unit) = whole(tx)
                    && let Err(error) = unit.transaction.rollback().await
                {
                    tracing::warn!(%error, "not rolled back by hand; the connection's end will");
                }
                Err(error)
            }
        }
    }

    async fn begin(&self) -> Result<Tx<V>, DbErr> {
        let immediate = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.db.count();
        let transaction = self.db.lane.writer.begin_with_options(immediate).await?;
        let asker = Arc::clone(&self.place.view().asker);
        let view = self.db.view(Arc::new(Source::Transaction(Unit::new(transaction))), asker);
        Ok(Tx(self.place.through(view)))
    }

    /// Writes what was left, commits, and does what follows. From COMMIT on it is a task of its own,
    /// so that a client who leaves cannot cancel half of it.
    async fn commit(&self, tx: Tx<V>) -> Result<(), DbErr> {
        let left = match &*tx.0.view().source {
            Source::Transaction(unit) => {
                std::mem::take(&mut *unit.left.lock().unwrap_or_else(PoisonError::into_inner))
            }
            Source::Pool(_) => return Err(outlived()),
        };
        left.write(tx.0.view()).await?;
        if let Some(fence) = self.fence
            && !fence.holds(tx.0.view()).await?
        {
            return Err(DbErr::Custom("the job is not in this worker's hands any more".into()));
        }

        let Unit { transaction, effects, failed, .. } = whole(tx)?;
        if failed.into_inner() {
            return Err(DbErr::Custom(
                "a statement failed, so the unit of work cannot succeed".into(),
            ));
        }
        let effects = effects.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.db.count();
        #[expect(clippy::disallowed_methods, reason = "it must outlive the request")]
        let committing = tokio::spawn(async move {
            transaction.commit().await?;
            for effect in effects {
                // Committed is committed: one feature's mistake keeps no cache from forgetting.
                if catch_unwind(AssertUnwindSafe(effect)).is_err() {
                    tracing::error!("what follows a COMMIT panicked");
                }
            }
            Ok(())
        });
        committing.await.map_err(|error| DbErr::Custom(error.to_string()))?
    }
}

/// The transaction itself, which nobody else may hold any more.
fn whole<V: Scope>(tx: Tx<V>) -> Result<Unit, DbErr> {
    let source = Arc::clone(&tx.0.view().source);
    drop(tx);
    match Arc::into_inner(source) {
        Some(Source::Transaction(unit)) => Ok(unit),
        _ => Err(outlived()),
    }
}

fn outlived() -> DbErr {
    DbErr::Custom("a transaction outlived its unit of work".into())
}
