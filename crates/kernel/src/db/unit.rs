//! One unit of work: its place in a transaction, and what it has gathered so far.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use sea_orm::{DatabaseTransaction, DbErr, RuntimeErr};

use super::{leaving::Left, turn::Turn};
use crate::problem::ends_transaction;

/// Where a unit's turn is while it works; whoever takes it out has ended the unit.
pub(super) type Slot = tokio::sync::Mutex<Option<Turn>>;

/// What is still to be written in it, and what follows its COMMIT.
pub(super) struct Unit {
    slot: Arc<Slot>,
    left: Mutex<Left>,
    pub effects: Effects,
    /// Whether a statement has failed. PostgreSQL takes COMMIT for ROLLBACK then, and says nothing.
    pub failed: AtomicBool,
    /// Whether the database has ended the transaction by itself, as SQLite does on a full disk: what is
    /// sent then would be committed statement by statement.
    pub lost: AtomicBool,
}

/// A unit's turn, which nobody else may use or end meanwhile.
pub(super) struct Held<'a>(tokio::sync::MutexGuard<'a, Option<Turn>>);

impl Unit {
    /// Begins with a turn whose transaction is open.
    pub fn new(turn: Turn) -> Self {
        let line = Arc::clone(turn.line());
        let slot = Arc::new(Slot::new(Some(turn)));
        line.at_work(&slot);
        Self {
            slot,
            left: Mutex::default(),
            effects: Effects::default(),
            failed: AtomicBool::default(),
            lost: AtomicBool::default(),
        }
    }

    /// Its transaction, for one statement.
    pub async fn held(&self) -> Result<Held<'_>, DbErr> {
        if self.is_lost() {
            return Err(over("the database has ended the transaction"));
        }
        Ok(Held(self.slot.lock().await))
    }

    /// Ends it: its turn, unless somebody has taken that from it.
    pub async fn end(&self) -> Option<Turn> {
        self.slot.lock().await.take()
    }

    /// What is left to be written.
    pub fn left(&self) -> MutexGuard<'_, Left> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes how a statement ended.
    pub fn note<T>(&self, result: &Result<T, DbErr>) {
        if let Err(error) = result {
            self.failed.store(true, Ordering::Relaxed);
            if ends_transaction(error) {
                self.lost.store(true, Ordering::Relaxed);
            }
        }
    }

    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }
}

impl Held<'_> {
    pub fn transaction(&self) -> Result<&DatabaseTransaction, DbErr> {
        self.0.as_ref().and_then(Turn::transaction).ok_or_else(taken)
    }
}

type Effect = Box<dyn FnOnce() + Send>;

/// What follows a COMMIT, in the order in which it was asked for.
#[derive(Default)]
pub(super) struct Effects(Mutex<Vec<Effect>>);

impl Effects {
    pub fn add(&self, effect: impl FnOnce() + Send + 'static) {
        self.lock().push(Box::new(effect));
    }

    pub fn len(&self) -> usize {
        self.lock().len()
    }

    pub fn truncate(&self, length: usize) {
        self.lock().truncate(length);
    }

    pub fn take(&self) -> Self {
        Self(Mutex::new(std::mem::take(&mut *self.lock())))
    }

    /// Committed is committed: one feature's mistake keeps no cache from forgetting.
    pub fn follow(&self) {
        for effect in std::mem::take(&mut *self.lock()) {
            if catch_unwind(AssertUnwindSafe(effect)).is_err() {
                tracing::error!("what follows a COMMIT panicked");
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Effect>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Of a unit that was ended by others.
pub(super) fn taken() -> DbErr {
    over("the unit of work has ended, or was ended because others waited for it")
}

/// A transaction is over that should not be; the client may come again.
pub(super) fn over(why: &str) -> DbErr {
    DbErr::Conn(RuntimeErr::Internal(why.to_owned()))
}
