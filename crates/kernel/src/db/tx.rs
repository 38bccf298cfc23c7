//! Writing: one open transaction.

use std::{ops::Deref, sync::Arc};

use super::{
    Cache, Event, Leaving, OrgView, Scope, View, events::hear, executor::Source,
    invalidation::Invalidated, unit::Unit,
};
use crate::{access::Permissions, id::OrganizationId, problem::Refusal};

/// One transaction: what is done through it commits or vanishes together.
///
/// It is also the view it writes from, so a function that reads takes `&View` or `&OrgView` and is
/// called with either. `Tx` stands on the platform, [`OrgTx`] inside an organization. The way back
/// is closed:
///
/// ```compile_fail
/// fn write(_: &kernel::OrgTx) {}
/// fn read(view: &kernel::OrgView) {
///     write(view);
/// }
/// ```
pub struct Tx<V = View>(pub(super) V);

/// One transaction inside an organization.
pub type OrgTx = Tx<OrgView>;

impl<V> Deref for Tx<V> {
    type Target = V;

    fn deref(&self) -> &V {
        &self.0
    }
}

impl<V: Scope> Tx<V> {
    /// The same transaction inside `organization`: for who has just made it or works for it, never
    /// with an id that a request brought.
    pub fn inside(&self, organization: OrganizationId) -> OrgTx {
        let permissions = Permissions::default();
        Tx(OrgView { view: self.same(), organization, permissions })
    }

    /// The same transaction on the platform.
    pub fn outside(&self) -> Tx {
        Tx(self.same())
    }

    /// Leaves a row that is written with its like in one statement just before COMMIT.
    pub fn leave<L: Leaving>(&self, row: L::Row) {
        if let Some(unit) = self.unit() {
            unit.left().add::<L>(row);
        }
    }

    /// Does something in memory once the transaction has committed, even if the client has left by
    /// then; it cannot fail.
    pub fn on_commit(&self, effect: impl FnOnce() + Send + 'static) {
        if let Some(unit) = self.unit() {
            unit.effects.add(effect);
        }
    }

    /// Tells the features above what happens; they work on this transaction too, or object.
    pub async fn tell<E: Event>(&self, event: &E) -> Result<(), Refusal> {
        hear(&self.outside(), event).await
    }

    /// Has every replica forget what `cache` holds of `key`: this one when the transaction has
    /// committed, the others within a second.
    pub fn invalidate<K, T>(&self, cache: &Cache<K, T>, key: K)
    where
        K: super::cache::Key,
        T: Clone + Send + Sync + 'static,
    {
        self.leave::<Invalidated>((cache.name(), key.to_string()));
        let cache = cache.clone();
        self.on_commit(move || cache.forget(&key));
    }

    fn same(&self) -> View {
        let View { source, asker, now, db } = self.0.view();
        View { source: Arc::clone(source), asker: Arc::clone(asker), now: *now, db: db.clone() }
    }

    pub(super) fn unit(&self) -> Option<&Unit> {
        match &*self.0.view().source {
            Source::Transaction(unit) => Some(unit),
            Source::Pool(_) => None,
        }
    }
}
