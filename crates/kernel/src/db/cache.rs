//! Bounded memory of what the hot path needs, forgotten on every replica when it changes.

use std::{
    fmt::Display,
    hash::Hash,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use super::View;

/// What a cache may be keyed by: it travels as text in an invalidation.
pub trait Key: Copy + Display + Eq + FromStr + Hash + Send + Sync + 'static {}

impl<K: Copy + Display + Eq + FromStr + Hash + Send + Sync + 'static> Key for K {}

/// A moment in what a cache forgets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(u64);

/// A cache that [`Tx::invalidate`](super::Tx::invalidate) keeps true; cheap to clone.
pub struct Cache<K, T> {
    name: &'static str,
    entries: moka::sync::Cache<K, T>,
    forgotten: Arc<AtomicU64>,
}

impl<K: Key, T: Clone + Send + Sync + 'static> Cache<K, T> {
    /// A cache of at most `capacity` entries, each kept for at most `life`. Replicas know it by its
    /// name, so each has its own.
    pub fn new(name: &'static str, capacity: u64, life: Duration) -> Self {
        let entries = moka::sync::Cache::builder().max_capacity(capacity).time_to_live(life);
        Self { name, entries: entries.build(), forgotten: Arc::default() }
    }

    /// What is known of `key`, loaded where nothing is.
    ///
    /// A load is kept only if nothing was forgotten while it ran: else it might bring back what has
    /// just changed. A replica that has lost touch with the others asks the database every time, and
    /// so does a transaction: what it sees may never be committed.
    pub async fn get<E>(
        &self,
        view: &View,
        key: K,
        load: impl AsyncFnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        if let Some(known) = self.peek(view, &key) {
            return Ok(known);
        }
        let since = self.moment();
        let loaded = load().await?;
        self.keep(view, key, loaded.clone(), since);
        Ok(loaded)
    }

    /// What is known of `key`, for who loads several at once where nothing is.
    pub fn peek(&self, view: &View, key: &K) -> Option<T> {
        if trusted(view) { self.entries.get(key) } else { None }
    }

    /// The moment before a load; [`keep`](Self::keep) takes it.
    pub fn moment(&self) -> Moment {
        Moment(self.forgotten.load(Ordering::SeqCst))
    }

    /// Keeps what was loaded, if nothing was forgotten since.
    pub fn keep(&self, view: &View, key: K, loaded: T, since: Moment) {
        if trusted(view) && self.moment() == since {
            self.entries.insert(key, loaded);
            if self.moment() != since {
                self.entries.invalidate(&key);
            }
        }
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    pub(super) fn forget(&self, key: &K) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        self.entries.invalidate(key);
    }
}

/// Whether what this view sees may be remembered, and what is remembered still holds.
fn trusted(view: &View) -> bool {
    !view.is_transaction() && view.db().in_touch()
}

impl<K, T> Clone for Cache<K, T> {
    fn clone(&self) -> Self {
        Self {
            name: self.name,
            entries: self.entries.clone(),
            forgotten: Arc::clone(&self.forgotten),
        }
    }
}

/// A cache, whatever is in it.
pub(super) trait Forget: Send + Sync {
    fn name(&self) -> &'static str;
    fn forget_text(&self, key: &str);
    fn forget_everything(&self);
}

impl<K: Key, T: Clone + Send + Sync + 'static> Forget for Cache<K, T> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn forget_text(&self, key: &str) {
        match key.parse() {
            Ok(key) => self.forget(&key),
            Err(_) => self.forget_everything(),
        }
    }

    fn forget_everything(&self) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        self.entries.invalidate_all();
    }
}
