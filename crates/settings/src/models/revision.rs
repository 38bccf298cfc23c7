//! Histories' rows.

mod entity;

use kernel::{
    Actor, Listing, OrgTx, PageOf, Refusal, Scope, SystemView, Tenanted, Tx, UserId, View,
    db::PageRequest,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Select, sea_query::Expr,
};

use super::{Content, SealedRow, setting::Setting};
use crate::place::Place;
use entity::{Column, Entity};

pub use entity::{Model as Revision, RevisionId};

const LISTING: Listing<Entity> =
    Listing { id: Column::Id, sorts: &[("revision", Column::Revision)], default: "-revision" };

/// A page of a value's history.
pub async fn page<V: Scope>(
    view: &V,
    user: UserId,
    key: &str,
    page: &PageRequest,
) -> Result<PageOf<Revision>, Refusal> {
    page.of(history(view, user, key), &LISTING, view.view()).await
}

/// What a value was at its revision of this number.
pub async fn numbered<V: Scope>(
    view: &V,
    user: UserId,
    key: &str,
    number: i64,
) -> Result<Option<Revision>, DbErr> {
    history(view, user, key).filter(Column::Revision.eq(number)).one(view).await
}

/// Writes down what a value has just become, and who made it so.
pub async fn add(tx: &Tx<impl Scope>, row: &Setting) -> Result<(), DbErr> {
    let view = tx.view();
    let (actor_type, actor_id) = view.caller().map_or(Actor::System, |it| it.actor).name();
    let revision = Revision {
        id: view.id(),
        organization_id: row.organization_id,
        user_id: row.user_id,
        key: row.key.clone(),
        value: row.value.clone(),
        sealed: row.sealed.clone(),
        sealed_by: row.sealed_by.clone(),
        locked: row.locked,
        revision: row.version,
        actor_type: actor_type.to_owned(),
        actor_id,
        created_at: view.now(),
    };
    let revision = revision.into_active_model().reset_all();
    Entity::insert(revision).exec_without_returning(tx).await?;
    Ok(())
}

/// Up to `most` of what an account has set for itself, behind this one, the oldest first.
pub async fn of_account(
    view: &View,
    user: UserId,
    after: Option<RevisionId>,
    most: u64,
) -> Result<Vec<Revision>, DbErr> {
    let mut rows = Entity::of_platform(view).filter(Column::UserId.eq(user));
    if let Some(after) = after {
        rows = rows.filter(Column::Id.gt(after));
    }
    rows.order_by_asc(Column::Id).limit(most).all(view).await
}

/// Removes everything that an account had set for itself.
pub async fn forget(tx: &Tx, user: UserId) -> Result<(), DbErr> {
    Entity::remove_here(tx).filter(Column::UserId.eq(user)).exec(tx).await?;
    Ok(())
}

/// Removes up to `most` revisions of the organization, and answers how many.
pub async fn erase(tx: &OrgTx, most: u64) -> Result<u64, DbErr> {
    let some: Vec<RevisionId> =
        Entity::mine(tx).select_only().column(Column::Id).limit(most).into_tuple().all(tx).await?;
    Ok(Entity::remove_here(tx).filter(Column::Id.is_in(some)).exec(tx).await?.rows_affected)
}

impl SealedRow for Revision {
    type Id = RevisionId;

    async fn outdated(
        view: &SystemView,
        current: &str,
        after: Option<RevisionId>,
        most: u64,
    ) -> Result<Vec<Self>, DbErr> {
        let mut rows = Entity::everyone(view).filter(Column::Sealed.is_not_null());
        rows = rows.filter(Column::SealedBy.ne(current));
        if let Some(after) = after {
            rows = rows.filter(Column::Id.gt(after));
        }
        rows.order_by_asc(Column::Id).limit(most).all(&**view).await
    }

    async fn reseal(&self, tx: &OrgTx, by: String, sealed: Vec<u8>) -> Result<(), DbErr> {
        let same = Entity::change_here(tx).filter(Column::Id.eq(self.id));
        let change = same.col_expr(Column::Sealed, Expr::val(sealed));
        change.col_expr(Column::SealedBy, Expr::val(by)).exec(tx).await?;
        Ok(())
    }

    fn id(&self) -> RevisionId {
        self.id
    }

    fn place(&self) -> Place {
        Place { organization: self.organization_id, user: self.user_id }
    }

    fn key(&self) -> &str {
        &self.key
    }

    fn number(&self) -> i64 {
        self.revision
    }

    fn content(&self) -> Content {
        Content::read(self.value.clone(), self.sealed.clone(), self.sealed_by.clone())
    }
}

fn history<V: Scope>(view: &V, user: UserId, key: &str) -> Select<Entity> {
    Entity::here(view).filter(Column::UserId.eq(user)).filter(Column::Key.eq(key))
}
