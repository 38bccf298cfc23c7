//! A turn at a connection that writes: who has it does one unit of work and hands it on.
//!
//! SQLite has one such connection, and each COMMIT of it waits for the disk. So those who stand in line
//! share a transaction: each works in a savepoint of its own, the last one commits, and nobody is
//! answered before that. On PostgreSQL everybody has a transaction to themselves; COMMIT goes out
//! together with the BEGIN of who is next, and the connection need not go back to the pool meanwhile.
//!
//! Nobody waits for company: who finds nobody in line commits at once.

use std::{
    mem::take,
    sync::Arc,
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use tokio::{runtime::Handle, sync::oneshot};

use super::{
    line::{Line, Outcome},
    unit::{Effects, over, taken},
};

/// How many units of work share a transaction at most, or have a connection one after another.
const MOST: usize = 64;

/// How old a transaction may be for another to join it.
const OLDEST: Duration = Duration::from_millis(20);

/// The right to work on a connection, and the transaction that is open on it.
///
/// However it ends, the line goes on: where it is dropped, as with a client who leaves, what its unit
/// has done is undone, and who has worked in the transaction before is still committed.
pub(super) struct Turn {
    line: Arc<Line>,
    open: Option<Open>,
}

/// An open transaction, and who has done their work in it.
struct Open {
    transaction: DatabaseTransaction,
    members: Vec<Member>,
    began: Instant,
    /// How many units the connection has served.
    units: usize,
    /// Whether the unit that has the turn stands in a savepoint, after others.
    marked: bool,
    /// Whether its unit was dropped, and nobody has undone it yet.
    abandoned: bool,
}

/// Who waits for COMMIT.
struct Member {
    effects: Effects,
    tell: oneshot::Sender<Outcome>,
}

impl Turn {
    /// With no transaction yet.
    pub fn new(line: &Arc<Line>) -> Self {
        Self { line: Arc::clone(line), open: None }
    }

    pub fn line(&self) -> &Arc<Line> {
        &self.line
    }

    /// Opens a transaction where none is open.
    pub async fn begin(&mut self) -> Result<(), DbErr> {
        if self.open.is_none() {
            self.open = Some(Open::new(self.line.begin().await?));
        }
        Ok(())
    }

    pub fn transaction(&self) -> Option<&DatabaseTransaction> {
        self.open.as_ref().map(|open| &open.transaction)
    }

    /// Ends a unit that succeeded: waits until it is committed. It goes on where the client leaves.
    #[expect(clippy::disallowed_methods, reason = "it must outlive the request")]
    pub async fn keep(mut self, effects: Effects) -> Outcome {
        let (line, told) = (Arc::clone(&self.line), self.join(effects)?);
        line.count();
        tokio::spawn(self.go_on());
        line.told(told).await
    }

    /// Ends a unit that failed. Where others have worked in the transaction before it, it has seen what
    /// they did; so its failure counts only once that is committed.
    #[expect(clippy::disallowed_methods, reason = "others must not suffer by one who leaves")]
    pub async fn undo(mut self) -> Outcome {
        if self.open.as_ref().is_some_and(|open| open.marked) {
            let (line, told) = (Arc::clone(&self.line), self.join(Effects::default())?);
            tokio::spawn(self.back());
            return line.told(told).await;
        }
        if let Some(open) = self.open.take() {
            self.line.count();
            if let Err(error) = open.transaction.rollback().await {
                tracing::warn!(%error, "not rolled back by hand; the connection's end will");
            }
        }
        Ok(())
    }

    /// Ends a unit in which the database has ended the transaction: everybody's work is gone.
    pub fn lose(mut self) {
        if let Some(open) = self.open.take() {
            open.lose();
        }
    }

    fn join(&mut self, effects: Effects) -> Result<oneshot::Receiver<Outcome>, DbErr> {
        let open = self.open.as_mut().ok_or_else(taken)?;
        let (tell, told) = oneshot::channel();
        open.members.push(Member { effects, tell });
        open.units += 1;
        Ok(told)
    }

    /// Undoes what its unit has done, and goes on.
    async fn back(mut self) {
        let Some(mut open) = self.open.take() else { return };
        self.line.count();
        match open.transaction.execute_unprepared("rollback to unit").await {
            Ok(_) => {
                open.abandoned = false;
                self.open = Some(open);
                self.go_on().await;
            }
            Err(error) => {
                tracing::error!(%error, "there is no savepoint to go back to");
                open.lose();
            }
        }
    }

    /// Hands on to the next, or commits.
    async fn go_on(mut self) {
        let Some(open) = self.open.take() else { return };
        if self.line.is_sqlite() {
            self.share(open).await;
        } else {
            self.take_turns(open).await;
        }
    }

    /// Lets the next work in the same transaction.
    async fn share(mut self, mut open: Open) {
        if open.has_room() && self.line.somebody_joins() {
            let mark = if open.marked { "release unit; savepoint unit" } else { "savepoint unit" };
            if let Err(error) = open.transaction.execute_unprepared(mark).await {
                tracing::error!(%error, "no savepoint can be made");
                return open.lose();
            }
            open.marked = true;
            self.open = Some(open);
            let Some(mut back) = Arc::clone(&self.line).hand(self) else { return };
            back.line.count();
            let Some(still) = back.open.take() else { return };
            return still.commit().await;
        }
        open.commit().await;
    }

    /// Commits, and begins anew for the next.
    async fn take_turns(mut self, mut open: Open) {
        if open.units >= MOST || !self.line.somebody_waits() {
            return open.commit().await;
        }
        let outcome = open.transaction.execute_unprepared("commit; begin").await.map(drop);
        tell(take(&mut open.members), &outcome);
        if outcome.is_ok() {
            self.open = Some(open);
            drop(Arc::clone(&self.line).hand(self));
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let line = Arc::clone(&self.line);
        if let Some(mut open) = self.open.take()
            && open.marked
            && !open.abandoned
            && let Ok(runtime) = Handle::try_current()
        {
            open.abandoned = true;
            runtime.spawn(Self { line, open: Some(open) }.back());
            return;
        }
        line.pass();
    }
}

impl Open {
    fn new(transaction: DatabaseTransaction) -> Self {
        let (members, began) = (Vec::new(), Instant::now());
        Self { transaction, members, began, units: 0, marked: false, abandoned: false }
    }

    fn has_room(&self) -> bool {
        self.units < MOST && self.began.elapsed() < OLDEST
    }

    async fn commit(self) {
        let outcome = self.transaction.commit().await;
        tell(self.members, &outcome);
    }

    /// The database has ended it: nobody who has worked in it is told that their work is there.
    fn lose(self) {
        drop(self.transaction);
        tell(self.members, &Err(over("the database has ended the transaction")));
    }
}

/// Does what follows, and tells everybody.
fn tell(members: Vec<Member>, outcome: &Outcome) {
    if outcome.is_ok() {
        for member in &members {
            member.effects.follow();
        }
    }
    for member in members {
        let _ = member.tell.send(outcome.clone()); // who has left need not know
    }
}
