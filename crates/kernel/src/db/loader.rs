//! Rows by their ids: who asks while others are being answered is answered together with the next.
//!
//! A pooled connection a row costs more than all else about reading it. So a few statements are under
//! way at a time, and what is asked meanwhile goes out as one. A statement is sent after everything
//! that it answers was asked, so nobody reads what was true only before.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    mem::take,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sea_orm::{DbBackend, DbErr, EntityTrait, FromQueryResult, RuntimeErr};
use tokio::sync::oneshot;

use super::{
    Db,
    by_id::{Key, Lookup},
    single::Single,
};

/// How many rows one statement asks for.
const MOST: usize = 64;

/// How many statements in a row go through a connection before others may have it.
const TURNS: usize = 64;

/// How many statements are under way at a time, per lane and entity.
const POSTGRES_TRIPS: usize = 4;
const SQLITE_TRIPS: usize = 2;

/// The loaders of a lane, one an entity.
pub(super) struct Loaders {
    most: usize,
    known: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

/// Reads rows of an entity by their ids.
pub(super) struct Loader<E: EntityTrait> {
    lookup: Lookup<E>,
    most: usize,
    queue: Mutex<Queue<E::Model>>,
}

struct Queue<M> {
    waiting: Vec<Waiting<M>>,
    trips: usize,
}

impl<M> Queue<M> {
    /// Who joins sets out where fewer than `most` are under way.
    fn join(&mut self, waiting: Waiting<M>, most: usize) -> bool {
        self.waiting.push(waiting);
        let sets_out = self.trips < most;
        self.trips += usize::from(sets_out);
        sets_out
    }
}

type Answer<M> = Result<Option<M>, DbErr>;
type Waiting<M> = (Key, oneshot::Sender<Answer<M>>);

impl Loaders {
    /// Of a lane with so many readers: one of them is left to those who read otherwise.
    pub fn new(backend: DbBackend, readers: u32) -> Self {
        let trips = if backend == DbBackend::Sqlite { SQLITE_TRIPS } else { POSTGRES_TRIPS };
        let free = usize::try_from(readers).unwrap_or(usize::MAX).saturating_sub(1);
        Self { most: trips.min(free).max(1), known: Mutex::default() }
    }

    /// The loader of an entity, which `lookup` says how to find.
    pub fn of<E: EntityTrait>(&self, lookup: impl FnOnce() -> Lookup<E>) -> Arc<Loader<E>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || -> Arc<dyn Any + Send + Sync> {
            let queue = Mutex::new(Queue { waiting: Vec::new(), trips: 0 });
            Arc::new(Loader { lookup: lookup(), most: self.most, queue })
        };
        let loader = known.entry(TypeId::of::<E>()).or_insert_with(new);
        Arc::clone(loader).downcast().unwrap_or_else(|_| unreachable!("it is kept by its type"))
    }
}

impl<E: EntityTrait> Loader<E> {
    /// The row of this key as it is now.
    #[expect(
        clippy::disallowed_methods,
        reason = "one who leaves must not take others' answers along"
    )]
    pub async fn load(self: Arc<Self>, db: &Db, key: Key) -> Answer<E::Model> {
        let (tell, told) = oneshot::channel();
        if self.queue().join((key, tell), self.most) {
            let (loader, db) = (Arc::clone(&self), db.clone());
            // It is large, and a task is moved about before it runs.
            tokio::spawn(Box::pin(Trip { loader, db, ended: false }.go()));
        }
        told.await.unwrap_or_else(|_| Err(DbErr::Custom("nobody came back with the row".into())))
    }

    fn queue(&self) -> MutexGuard<'_, Queue<E::Model>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Fetches what is waited for until nothing is.
struct Trip<E: EntityTrait> {
    loader: Arc<Loader<E>>,
    db: Db,
    ended: bool,
}

impl<E: EntityTrait> Trip<E> {
    async fn go(mut self) {
        while self.goes_on() {
            match Single::of(&self.db.lane.readers).await {
                Ok(connection) => self.fetch(connection).await,
                // Who waits longer would not fare better.
                Err(error) => tell(take(&mut self.loader.queue().waiting), |_| Err(error.clone())),
            }
        }
    }

    /// Whether somebody waits; where nobody does, the next who asks sets out by themselves.
    fn goes_on(&mut self) -> bool {
        let mut queue = self.loader.queue();
        self.ended = queue.waiting.is_empty();
        queue.trips -= usize::from(self.ended);
        !self.ended
    }

    async fn fetch(&self, mut connection: Single) {
        for _ in 0..TURNS {
            let wanted = self.next();
            if wanted.is_empty() {
                return;
            }
            let keys: Vec<Key> = wanted.iter().map(|(key, _)| *key).collect();
            self.db.count();
            match self.rows(&mut connection, &keys).await {
                Ok(rows) => tell(wanted, |key| Ok(rows.get(key).cloned())),
                Err(error) => return tell(wanted, |_| Err(error.clone())),
            }
        }
    }

    async fn rows(
        &self,
        connection: &mut Single,
        keys: &[Key],
    ) -> Result<HashMap<Key, E::Model>, DbErr> {
        let lookup = &self.loader.lookup;
        let found = connection.rows(lookup, keys).await;
        let found = found.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(Arc::new(error))))?;
        let rows = found.iter().map(|row| {
            let row = E::Model::from_query_result(row, "")?;
            Ok((lookup.key(&row)?, row))
        });
        rows.collect()
    }

    fn next(&self) -> Vec<Waiting<E::Model>> {
        let mut queue = self.loader.queue();
        let most = queue.waiting.len().min(MOST);
        queue.waiting.drain(..most).collect()
    }
}

impl<E: EntityTrait> Drop for Trip<E> {
    /// Who is stopped midway, as by the end of the thread, leaves nobody waiting for ever.
    fn drop(&mut self) {
        if !self.ended {
            let mut queue = self.loader.queue();
            queue.trips -= 1;
            if queue.trips == 0 {
                queue.waiting.clear();
            }
        }
    }
}

fn tell<M>(waiting: Vec<Waiting<M>>, answer: impl Fn(&Key) -> Answer<M>) {
    for (key, tell) in waiting {
        let _ = tell.send(answer(&key)); // who has left wants none
    }
}
