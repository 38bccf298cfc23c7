//! Whose rows: the only finders there are.

use sea_orm::{ColumnTrait, DeleteMany, EntityTrait, QueryFilter, Select, UpdateMany};

use super::{OrgView, Scope, SystemView, Tx, View};
use crate::id::OrganizationId;

/// An entity whose rows belong to one organization; who stands outside finds none:
///
/// ```compile_fail
/// fn rows<E: kernel::Tenanted>(view: &kernel::View) {
///     E::mine(view);
/// }
/// ```
pub trait Tenanted: EntityTrait {
    /// The column that says whose.
    const ORGANIZATION: Self::Column;

    /// The rows of the organization the caller is in: the only finder of such an entity.
    #[expect(clippy::disallowed_methods, reason = "the one place that says whose rows")]
    fn mine(view: &OrgView) -> Select<Self> {
        Self::find().filter(Self::ORGANIZATION.eq(view.org()))
    }

    /// The platform's own rows, which belong to no organization.
    #[expect(clippy::disallowed_methods, reason = "the one place that says whose rows")]
    fn of_platform(_: &View) -> Select<Self> {
        Self::find().filter(Self::ORGANIZATION.eq(OrganizationId::PLATFORM))
    }

    /// Every organization's rows, for the jobs that serve them all.
    #[expect(clippy::disallowed_methods, reason = "only jobs are lent a SystemView")]
    fn everyone(_: &SystemView) -> Select<Self> {
        Self::find()
    }
}

/// An entity whose rows belong to no organization: accounts, sessions, the house's own books.
pub trait Global: EntityTrait {
    /// Its rows.
    #[expect(clippy::disallowed_methods, reason = "there is no organization to name")]
    fn rows(_: &View) -> Select<Self> {
        Self::find()
    }

    /// A change of many of its rows in one statement.
    #[expect(clippy::disallowed_methods, reason = "there is no organization to name")]
    fn change(_: &Tx<impl Scope>) -> UpdateMany<Self> {
        Self::update_many()
    }

    /// A removal of many of its rows in one statement.
    #[expect(clippy::disallowed_methods, reason = "there is no organization to name")]
    fn remove(_: &Tx<impl Scope>) -> DeleteMany<Self> {
        Self::delete_many()
    }

    /// A removal outside a transaction, for kernel's own books.
    #[doc(hidden)]
    #[expect(clippy::disallowed_methods, reason = "there is no organization to name")]
    fn purge(_: &View) -> DeleteMany<Self> {
        Self::delete_many()
    }
}
