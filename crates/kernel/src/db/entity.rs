//! Whose rows: the only finders there are.

use sea_orm::{
    ColumnTrait, Condition, DbErr, DeleteMany, EntityTrait, PrimaryKeyTrait, QueryFilter, Select,
    UpdateMany,
};
use uuid::Uuid;

use super::{OrgView, Scope, SystemView, Tx, View, by_id::by_id};
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

    /// The rows of the organization the caller is in.
    #[expect(clippy::disallowed_methods, reason = "the one place that says whose rows")]
    fn mine(view: &OrgView) -> Select<Self> {
        Self::find().filter(Self::ORGANIZATION.eq(view.org()))
    }

    /// The row of this id, if it is the organization's that the caller is in. Those who ask at the same
    /// time share statements.
    #[expect(clippy::disallowed_methods, reason = "it is told whose rows")]
    fn by_id<I: Into<Uuid>>(
        view: &OrgView,
        id: I,
    ) -> impl Future<Output = Result<Option<Self::Model>, DbErr>> + Send
    where
        Self: EntityTrait<PrimaryKey: PrimaryKeyTrait<ValueType = I>>,
    {
        by_id(view, Self::find, Some((Self::ORGANIZATION, view.org().0)), id.into())
    }

    /// The rows of the place one stands at: the organization's, or the platform's own.
    #[expect(clippy::disallowed_methods, reason = "the one place that says whose rows")]
    fn here(view: &impl Scope) -> Select<Self> {
        Self::find().filter(Self::ORGANIZATION.eq(place(view)))
    }

    /// A change of many rows of the place one stands at, in one statement.
    #[expect(clippy::disallowed_methods, reason = "the one place that says whose rows")]
    fn change_here<V: Scope>(tx: &Tx<V>) -> UpdateMany<Self> {
        Self::update_many().filter(Self::ORGANIZATION.eq(place(&**tx)))
    }

    /// A removal of many rows of the place one stands at, in one statement.
    #[expect(clippy::disallowed_methods, reason = "the one place that says whose rows")]
    fn remove_here<V: Scope>(tx: &Tx<V>) -> DeleteMany<Self> {
        Self::delete_many().filter(Self::ORGANIZATION.eq(place(&**tx)))
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

/// A [`Tenanted`] entity whose rows are also found from outside their organization, by who has a
/// claim to them.
pub trait Claimed: Tenanted {
    /// What gives a claim: an account's own id, the hash of a secret, an address that was proved.
    type Claim;

    /// The rows that `claim` gives a claim to.
    fn claim(claim: &Self::Claim) -> Condition;

    /// The rows of every organization that `claim` gives a claim to.
    #[expect(clippy::disallowed_methods, reason = "the one place that says whose rows")]
    fn claimed(_: &View, claim: &Self::Claim) -> Select<Self> {
        Self::find().filter(Self::claim(claim))
    }

    /// A removal of the rows of every organization that `claim` gives a claim to, in one statement.
    #[expect(clippy::disallowed_methods, reason = "the one place that says whose rows")]
    fn remove_claimed(_: &Tx<impl Scope>, claim: &Self::Claim) -> DeleteMany<Self> {
        Self::delete_many().filter(Self::claim(claim))
    }
}

fn place(view: &impl Scope) -> OrganizationId {
    view.organization().unwrap_or(OrganizationId::PLATFORM)
}

/// An entity whose rows belong to no organization: accounts, sessions, the house's own books.
pub trait Global: EntityTrait {
    /// Its rows.
    #[expect(clippy::disallowed_methods, reason = "there is no organization to name")]
    fn rows(_: &View) -> Select<Self> {
        Self::find()
    }

    /// The row of this id. Those who ask at the same time share statements.
    #[expect(clippy::disallowed_methods, reason = "there is no organization to name")]
    fn by_id<I: Into<Uuid>>(
        view: &View,
        id: I,
    ) -> impl Future<Output = Result<Option<Self::Model>, DbErr>> + Send
    where
        Self: EntityTrait<PrimaryKey: PrimaryKeyTrait<ValueType = I>>,
    {
        by_id(view, Self::find, None, id.into())
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
