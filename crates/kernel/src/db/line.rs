//! The line before the connections that write: who waits, and who is next.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sea_orm::{
    ConnAcquireErr, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use tokio::{sync::oneshot, time::timeout};

use super::{
    turn::Turn,
    unit::{Slot, over},
};

/// How long a unit of work may keep those waiting who have done theirs in the same transaction.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether a unit of work may share a transaction with those before it, where units do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Company {
    Joins,
    /// It may be long: nobody who is done should have to wait for it.
    Alone,
}

/// Connections that write, and the line before them.
pub(super) struct Line {
    pool: DatabaseConnection,
    patience: Duration,
    standing: Mutex<Standing>,
    statements: Arc<AtomicU64>,
}

struct Standing {
    /// How many more may begin at once.
    free: u32,
    waiting: VecDeque<Waiting>,
    /// Whose turn it is on SQLite.
    at_work: Weak<Slot>,
}

struct Waiting {
    company: Company,
    turn: oneshot::Sender<Turn>,
}

/// How a transaction ended.
pub(super) type Outcome = Result<(), DbErr>;

impl Line {
    /// Before `pool`, which has so many connections; who is not served within `patience` is sent away.
    pub fn new(
        pool: DatabaseConnection,
        connections: u32,
        patience: Duration,
        statements: &Arc<AtomicU64>,
    ) -> Arc<Self> {
        let standing =
            Standing { free: connections, waiting: VecDeque::new(), at_work: Weak::new() };
        let (standing, statements) = (Mutex::new(standing), Arc::clone(statements));
        Arc::new(Self { pool, patience, standing, statements })
    }

    /// The connections themselves, for single statements.
    pub fn pool(&self) -> &DatabaseConnection {
        &self.pool
    }

    pub fn is_sqlite(&self) -> bool {
        self.pool.get_database_backend() == DbBackend::Sqlite
    }

    /// Waits for a turn and opens a transaction, both within the patience there is.
    pub async fn begun(self: &Arc<Self>, company: Company) -> Result<Turn, DbErr> {
        let begun = async {
            let mut turn = self.turn(company).await?;
            turn.begin().await?;
            Ok(turn)
        };
        let late = Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout));
        timeout(self.patience, begun).await.unwrap_or(late)
    }

    /// Waits for a turn.
    async fn turn(self: &Arc<Self>, company: Company) -> Result<Turn, DbErr> {
        let turn = {
            let mut standing = self.standing();
            if standing.free > 0 {
                standing.free -= 1;
                return Ok(Turn::new(self));
            }
            while standing.waiting.front().is_some_and(|it| it.turn.is_closed()) {
                standing.waiting.pop_front(); // they have left
            }
            let (give, turn) = oneshot::channel();
            standing.waiting.push_back(Waiting { company, turn: give });
            turn
        };
        let turn = timeout(self.patience, turn).await;
        turn.ok().and_then(Result::ok).ok_or(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout))
    }

    /// Opens a transaction.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let immediate = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.count();
        self.pool.begin_with_options(immediate).await
    }

    /// Whether somebody waits who may go on in an open transaction.
    pub fn somebody_joins(&self) -> bool {
        let mut standing = self.standing();
        standing.next().is_some_and(|next| next.company == Company::Joins)
    }

    /// Whether anybody waits.
    pub fn somebody_waits(&self) -> bool {
        self.standing().next().is_some()
    }

    /// Hands a turn with an open transaction to the next; gives it back where nobody wants it.
    pub fn hand(&self, mut turn: Turn) -> Option<Turn> {
        loop {
            let next = {
                let mut standing = self.standing();
                let joins = |next: &Waiting| !self.is_sqlite() || next.company == Company::Joins;
                if !standing.next().is_some_and(joins) {
                    return Some(turn);
                }
                standing.waiting.pop_front()
            };
            match next.map(|next| next.turn.send(turn)) {
                Some(Err(back)) => turn = back,
                _ => return None,
            }
        }
    }

    /// Lets the next begin, or whoever comes.
    pub fn pass(self: &Arc<Self>) {
        let next = {
            let mut standing = self.standing();
            if standing.next().is_none() {
                standing.free += 1;
            }
            standing.waiting.pop_front()
        };
        if let Some(next) = next {
            let _ = next.turn.send(Turn::new(self)); // who has just left passes it on
        }
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.standing().waiting.iter().filter(|it| !it.turn.is_closed()).count()
    }

    /// Notes whose turn it is, so that it can be taken from them.
    pub fn at_work(&self, slot: &Arc<Slot>) {
        if self.is_sqlite() {
            self.standing().at_work = Arc::downgrade(slot);
        }
    }

    /// Waits for what becomes of a transaction, and not for ever on one who keeps it open.
    pub async fn told(&self, mut told: oneshot::Receiver<Outcome>) -> Outcome {
        loop {
            match timeout(PATIENCE, &mut told).await {
                Ok(told) => {
                    return told.unwrap_or_else(|_| Err(over("nobody has ended the transaction")));
                }
                Err(_) => {
                    if let Some(outcome) = self.hurry(&mut told).await {
                        return outcome;
                    }
                }
            }
        }
    }

    pub fn count(&self) {
        self.statements.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes the turn from who is at work in the transaction that has not ended yet: what they have
    /// done is undone, and their next statement fails.
    async fn hurry(&self, told: &mut oneshot::Receiver<Outcome>) -> Option<Outcome> {
        let at_work = self.standing().at_work.upgrade()?;
        let mut slot = at_work.lock().await;
        if let Ok(outcome) = told.try_recv() {
            return Some(outcome); // and whoever is at work now keeps nobody waiting
        }
        drop(slot.take());
        None
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Standing {
    /// The first who has not left.
    fn next(&mut self) -> Option<&Waiting> {
        while self.waiting.front().is_some_and(|it| it.turn.is_closed()) {
            self.waiting.pop_front();
        }
        self.waiting.front()
    }
}
