//! Who listens to which inbox on this replica, and what is new in each: many inboxes are read with one
//! statement, however many listen.
//!
//! Nothing depends on what is told here: a listener sees by the places whether it has missed something,
//! and reads that from the database.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use kernel::{Signals, UserId, View};
use sea_orm::{ConnectionTrait, DbBackend, DbErr};
use tokio::{
    sync::{Notify, watch},
    time::sleep,
};

use crate::models::{
    notification::Model as Notification,
    reading::{self, Standing},
};

/// What replicas wake one another with.
pub const SIGNAL: &str = "notifications";

/// How often it looks by itself for what other replicas have changed.
const LOOK: Duration = Duration::from_secs(1);

/// How many inboxes are read with a statement.
const MANY: usize = 500;

/// How many notifications of an inbox are read ahead for its listeners.
const AHEAD: i64 = 20;

/// The listeners of a replica.
#[derive(Default)]
pub struct Hub {
    rooms: Mutex<HashMap<UserId, Room>>,
    changed: Mutex<BTreeSet<UserId>>,
    bell: Notify,
    running: Mutex<bool>,
}

/// Those who listen to one inbox.
struct Room {
    news: watch::Sender<Arc<News>>,
    listeners: usize,
}

/// How an inbox stands, and what came to it last.
#[derive(Debug)]
pub struct News {
    pub standing: Standing,
    pub latest: Vec<Notification>,
}

/// A listener's place; given back when it is dropped.
pub struct Seat {
    hub: Arc<Hub>,
    user: UserId,
    pub news: watch::Receiver<Arc<News>>,
}

impl Hub {
    /// A place at this inbox.
    pub fn sit(self: &Arc<Self>, view: &View, user: UserId) -> Seat {
        let news = {
            let mut rooms = lock(&self.rooms);
            let room = rooms.entry(user).or_insert_with(|| {
                let nothing = News { standing: Standing::empty(user), latest: Vec::new() };
                let news = watch::Sender::new(Arc::new(nothing));
                Room { news, listeners: 0 }
            });
            room.listeners += 1;
            room.news.subscribe()
        };
        self.run(view);
        Seat { hub: Arc::clone(self), user, news }
    }

    /// Has what has changed in these inboxes be read, if anybody here listens to them.
    pub fn touch(&self, users: &[UserId]) {
        let heard: Vec<_> = {
            let rooms = lock(&self.rooms);
            users.iter().filter(|user| rooms.contains_key(user)).copied().collect()
        };
        if !heard.is_empty() {
            lock(&self.changed).extend(heard);
            self.bell.notify_one();
        }
    }

    /// Reads what is new for as long as anybody listens.
    fn run(self: &Arc<Self>, view: &View) {
        let mut running = lock(&self.running);
        if !*running {
            *running = true;
            let hub = Arc::clone(self);
            view.beside(|view| async move { hub.keep_reading(&view).await });
        }
    }

    async fn keep_reading(&self, view: &View) {
        let alone = view.get_database_backend() == DbBackend::Sqlite;
        let mut signals = Signals::of(view, SIGNAL);
        loop {
            let signalled = tokio::select! {
                () = self.bell.notified() => false,
                () = signals.heard() => true,
                () = sleep(LOOK) => true,
            };
            if self.is_over() {
                return;
            }
            let users = std::mem::take(&mut *lock(&self.changed));
            let read = async {
                self.read(view, &users.iter().copied().collect::<Vec<_>>()).await?;
                if signalled && !alone {
                    self.look(view).await?;
                }
                Ok::<_, DbErr>(())
            };
            if let Err(error) = read.await {
                tracing::warn!(%error, "what is new in inboxes cannot be read");
                lock(&self.changed).extend(users);
            }
        }
    }

    /// Whether nobody listens any more; then who comes next has it run again.
    fn is_over(&self) -> bool {
        let mut running = lock(&self.running);
        let over = lock(&self.rooms).is_empty();
        *running = !over;
        over
    }

    /// Reads those that other replicas have changed.
    async fn look(&self, view: &View) -> Result<(), DbErr> {
        let known: HashMap<_, _> = {
            let rooms = lock(&self.rooms);
            rooms.iter().map(|(user, it)| (*user, it.news.borrow().standing.revision)).collect()
        };
        let users: Vec<_> = known.keys().copied().collect();
        for some in users.chunks(MANY) {
            let now = reading::revisions(view, some).await?;
            let new = now.iter().filter(|it| known.get(&it.user_id) != Some(&it.revision));
            self.read(view, &new.map(|it| it.user_id).collect::<Vec<_>>()).await?;
        }
        Ok(())
    }

    async fn read(&self, view: &View, users: &[UserId]) -> Result<(), DbErr> {
        for some in users.chunks(MANY) {
            let standing = reading::standing(view, some).await?;
            let grown: Vec<_> = {
                let rooms = lock(&self.rooms);
                let grown = |it: &&Standing| {
                    let known = rooms.get(&it.user_id).map(|room| room.news.borrow().standing);
                    known.is_some_and(|known| known.last_seq < it.last_seq)
                };
                standing.iter().filter(grown).map(|it| it.user_id).collect()
            };
            let mut latest = HashMap::<_, Vec<_>>::new();
            if !grown.is_empty() {
                for row in reading::latest(view, &grown, AHEAD).await? {
                    latest.entry(row.user_id).or_default().push(row);
                }
            }
            let rooms = lock(&self.rooms);
            for standing in standing {
                let latest = latest.remove(&standing.user_id).unwrap_or_default();
                if let Some(room) = rooms.get(&standing.user_id) {
                    room.news.send_replace(Arc::new(News { standing, latest }));
                }
            }
        }
        Ok(())
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut rooms = lock(&self.hub.rooms);
        if let Some(room) = rooms.get_mut(&self.user) {
            room.listeners -= 1;
            if room.listeners == 0 {
                rooms.remove(&self.user);
                self.hub.bell.notify_one(); // nobody may be left
            }
        }
    }
}

fn lock<T>(it: &Mutex<T>) -> MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}
