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
        if view.is_transaction() || !view.db().in_touch() {
            return load().await;
        }
        if let Some(known) = self.entries.get(&key) {
            return Ok(known);
        }
        let before = self.forgotten.load(Ordering::SeqCst);
        let loaded = load().await?;
        if self.forgotten.load(Ordering::SeqCst) == before {
            self.entries.insert(key, loaded.clone());
            if self.forgotten.load(Ordering::SeqCst) != before {
                self.entries.invalidate(&key);
            }
        }
        Ok(loaded)
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    pub(super) fn forget(&self, key: &K) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        self.entries.invalidate(key);
    }
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
