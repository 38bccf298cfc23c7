//! What the features hold while the server runs, by type.

use std::{
    any::{Any, TypeId, type_name},
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{
    Event, Export,
    cache::{Cache, Forget, Key},
    events::Subscriber,
};
use crate::access::Catalogue;

type Anything = Box<dyn Any + Send + Sync>;

/// State, subscribers, declarations, caches, exports and permissions of every mounted feature.
#[derive(Default)]
pub struct Registry {
    states: HashMap<TypeId, Anything>,
    subscribers: HashMap<TypeId, Vec<Anything>>,
    declarations: HashMap<TypeId, Anything>,
    caches: Vec<Arc<dyn Forget>>,
    exports: Vec<Export>,
    catalogue: Catalogue,
    features: Vec<&'static str>,
    held_twice: Option<&'static str>,
}

impl Registry {
    /// What a feature holds.
    ///
    /// # Panics
    /// Where no mounted feature holds a `T`.
    #[track_caller]
    #[expect(clippy::panic, reason = "the list of features is wrong, and every test of it shows")]
    pub fn state<T: Send + Sync + 'static>(&self) -> &T {
        self.find().unwrap_or_else(|| panic!("no mounted feature holds a {}", type_name::<T>()))
    }

    /// What a feature holds, where there is one that does.
    pub fn find<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.states.get(&TypeId::of::<T>()).and_then(|it| it.downcast_ref())
    }

    /// What the features declare of a kind, in the order of the features.
    pub fn declared<T: Send + Sync + 'static>(&self) -> &[T] {
        let declared = self.declarations.get(&TypeId::of::<T>());
        declared.and_then(|it| it.downcast_ref::<Vec<T>>()).map_or(&[], Vec::as_slice)
    }

    /// Every permission there is.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The names of the features.
    pub fn features(&self) -> &[&'static str] {
        &self.features
    }

    /// What the features hold on people, in the order of the features.
    pub fn exports(&self) -> &[Export] {
        &self.exports
    }

    pub(crate) fn name(&mut self, features: Vec<&'static str>) {
        self.features = features;
    }

    /// What is wrong with what was entered: two that would hide one another.
    pub(crate) fn conflict(&self) -> Option<String> {
        let cache = twice(self.caches.iter().map(|cache| cache.name()));
        let cache = cache.map(|name| format!("two caches are called {name}"));
        let export = twice(self.exports.iter().map(Export::name));
        let export = export.map(|name| format!("two features export {name}"));
        cache
            .or(export)
            .or_else(|| self.held_twice.map(|kind| format!("two features hold a {kind}")))
    }

    pub(crate) fn hold<T: Send + Sync + 'static>(&mut self, state: T) {
        if self.states.insert(TypeId::of::<T>(), Box::new(state)).is_some() {
            self.held_twice = Some(type_name::<T>());
        }
    }

    pub(crate) fn subscribe<E: Event>(&mut self, subscriber: Box<dyn Subscriber<E>>) {
        self.subscribers.entry(TypeId::of::<E>()).or_default().push(Box::new(subscriber));
    }

    pub(crate) fn declare<T: Clone + Send + Sync + 'static>(&mut self, declared: &[T]) {
        let all =
            self.declarations.entry(TypeId::of::<T>()).or_insert_with(|| Box::<Vec<T>>::default());
        if let Some(all) = all.downcast_mut::<Vec<T>>() {
            all.extend_from_slice(declared);
        }
    }

    pub(crate) fn cache<K: Key, T: Clone + Send + Sync + 'static>(&mut self, cache: Cache<K, T>) {
        self.caches.push(Arc::new(cache));
    }

    pub(crate) fn export(&mut self, export: Export) {
        self.exports.push(export);
    }

    pub(crate) fn permissions(&mut self, catalogue: Catalogue) {
        self.catalogue = catalogue;
    }

    pub(super) fn subscribers<E: Event>(&self) -> impl Iterator<Item = &dyn Subscriber<E>> {
        let subscribers = self.subscribers.get(&TypeId::of::<E>());
        let subscribers = subscribers.map_or(&[][..], Vec::as_slice).iter();
        subscribers.filter_map(|it| it.downcast_ref::<Box<dyn Subscriber<E>>>()).map(|it| &**it)
    }

    /// Whether anybody subscribes to an `E`.
    pub(crate) fn is_heard<E: Event>(&self) -> bool {
        self.subscribers::<E>().next().is_some()
    }

    pub(super) fn forget(&self, cache: &str, key: &str) {
        self.caches.iter().filter(|it| it.name() == cache).for_each(|it| it.forget_text(key));
    }

    pub(super) fn forget_everything(&self) {
        self.caches.iter().for_each(|cache| cache.forget_everything());
    }
}

/// The first name that comes twice.
fn twice<'a>(mut names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut seen = HashSet::new();
    names.find(|name| !seen.insert(*name))
}
