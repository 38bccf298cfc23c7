//! Reading: what a caller sees, from where they stand.

use std::{ops::Deref, sync::Arc};

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend};
use uuid::Uuid;

use super::{Asker, Db, Export, Pools, executor::Source};
use crate::{
    access::{Caller, Catalogue, ORGANIZATION, Origin, PLATFORM, Permissions},
    id::{self, OrganizationId},
    keyring::Keyring,
};

/// A way to read: one statement is one round trip, no transaction, and the database refuses writes.
pub struct View {
    pub(super) source: Arc<Source>,
    pub(super) asker: Arc<Asker>,
    pub(super) now: DateTime<Utc>,
    pub(super) db: Db,
}

impl View {
    /// Who asks; `None` for a stranger.
    pub fn caller(&self) -> Option<&Caller> {
        self.asker.caller.as_ref()
    }

    /// Where the request came from.
    pub fn origin(&self) -> &Origin {
        &self.asker.origin
    }

    /// Whether this looks at what a transaction has not committed yet.
    pub(crate) fn is_transaction(&self) -> bool {
        matches!(*self.source, Source::Transaction(_))
    }

    /// The versions that the caller means to change, where they said so with `If-Match`.
    pub fn expected(&self) -> Option<&[i64]> {
        self.asker.expected.as_deref()
    }

    /// The instant of this unit of work, in microseconds: every row of it bears the same.
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// A new id, later than every id before it.
    pub fn id<I: From<Uuid>>(&self) -> I {
        id::next().into()
    }

    /// What a feature holds while the server runs.
    ///
    /// # Panics
    /// Where no mounted feature holds a `T`: a feature is mounted with those below it.
    #[track_caller]
    pub fn of<T: Send + Sync + 'static>(&self) -> &T {
        self.db.registry().state()
    }

    /// The root secrets.
    pub fn keyring(&self) -> &Keyring {
        self.db.keyring()
    }

    /// Every permission there is.
    pub fn catalogue(&self) -> &Catalogue {
        self.db.registry().catalogue()
    }

    /// What the features declare of a kind, in the order of the features.
    pub fn declared<T: Send + Sync + 'static>(&self) -> &[T] {
        self.db.registry().declared()
    }

    /// What the features hold on people, in the order of the features.
    pub fn exports(&self) -> &[Export] {
        self.db.registry().exports()
    }

    /// The names of the features.
    pub fn features(&self) -> &[&'static str] {
        self.db.registry().features()
    }

    /// How the pools stand.
    pub fn pools(&self) -> Pools {
        self.db.pools()
    }

    /// How many statements this process has sent so far, BEGIN and COMMIT among them.
    pub fn statements(&self) -> u64 {
        self.db.statements()
    }

    /// The same place as it is outside the transaction that is under way: for a cache, which must not
    /// remember what may still vanish.
    #[must_use]
    pub fn committed(&self) -> View {
        self.db.read(Arc::clone(&self.asker))
    }

    pub(super) fn backend(&self) -> DbBackend {
        self.db.lane.readers.get_database_backend()
    }

    /// The database this looks into: kernel's own way past the doors.
    pub(crate) fn db(&self) -> &Db {
        &self.db
    }
}

/// A [`View`] from inside an organization: the only thing that finds tenants' rows.
pub struct OrgView {
    pub(super) view: View,
    pub(super) organization: OrganizationId,
    pub(super) permissions: Permissions,
}

impl OrgView {
    /// The organization whose rows are in reach.
    pub fn org(&self) -> OrganizationId {
        self.organization
    }
}

impl Deref for OrgView {
    type Target = View;

    fn deref(&self) -> &View {
        &self.view
    }
}

/// A [`View`] across all organizations, for the jobs that serve them all.
pub struct SystemView(pub(super) View);

impl Deref for SystemView {
    type Target = View;

    fn deref(&self) -> &View {
        &self.0
    }
}

/// Where a caller stands: on the platform ([`View`]) or inside an organization ([`OrgView`]).
///
/// A function that serves both takes `&Tx<impl Scope>`.
pub trait Scope: ConnectionTrait + Send + Sized + 'static {
    /// The scope's name, as roles and documents call it.
    const NAME: &'static str;

    /// What is known wherever one stands.
    fn view(&self) -> &View;

    /// The organization, where there is one.
    fn organization(&self) -> Option<OrganizationId>;

    /// What the caller may do at this place; nothing where no request brought them here.
    fn permissions(&self) -> Permissions;

    /// The same place, seen through another view.
    #[doc(hidden)]
    #[must_use]
    fn through(&self, view: View) -> Self;

    /// The place of a caller with these permissions on the platform or, where the request is about
    /// an organization, with these in it; and what they may do at that place.
    #[doc(hidden)]
    fn stand(
        view: View,
        member: Option<(OrganizationId, Permissions)>,
    ) -> Option<(Self, Permissions)>;
}

impl Scope for View {
    const NAME: &'static str = PLATFORM;

    fn view(&self) -> &View {
        self
    }

    fn organization(&self) -> Option<OrganizationId> {
        None
    }

    fn permissions(&self) -> Permissions {
        self.caller().map(|it| it.bounded(it.permissions)).unwrap_or_default()
    }

    fn through(&self, view: View) -> Self {
        view
    }

    fn stand(view: View, _: Option<(OrganizationId, Permissions)>) -> Option<(Self, Permissions)> {
        view.caller()?;
        let permissions = view.permissions();
        Some((view, permissions))
    }
}

impl Scope for OrgView {
    const NAME: &'static str = ORGANIZATION;

    fn view(&self) -> &View {
        &self.view
    }

    fn organization(&self) -> Option<OrganizationId> {
        Some(self.organization)
    }

    fn permissions(&self) -> Permissions {
        self.permissions
    }

    fn through(&self, view: View) -> Self {
        Self { view, organization: self.organization, permissions: self.permissions }
    }

    fn stand(
        view: View,
        member: Option<(OrganizationId, Permissions)>,
    ) -> Option<(Self, Permissions)> {
        let (organization, permissions) = member?;
        let permissions = view.caller()?.bounded(permissions);
        Some((Self { view, organization, permissions }, permissions))
    }
}
