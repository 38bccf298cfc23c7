//! Values' rows.

mod entity;

use kernel::{Claimed, OrgTx, Refusal, Scope, SystemView, Tenanted, Tx, UserId, View, for_change};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};

use super::{Content, SealedRow};
use crate::place::Place;
use entity::{ActiveModel, Column, Entity};

pub use entity::{Model as Setting, ValueId};

/// The values of a place, for the code that reads them.
pub async fn of(view: &View, place: Place) -> Result<Vec<Setting>, DbErr> {
    Entity::claimed(view, &place).all(view).await
}

/// The platform's own values.
pub async fn of_platform(view: &View) -> Result<Vec<Setting>, DbErr> {
    Entity::of_platform(view).filter(Column::UserId.eq(Place::PLATFORM.user)).all(view).await
}

/// An account's values where one stands, or of the place itself.
pub async fn here<V: Scope>(view: &V, user: UserId) -> Result<Vec<Setting>, DbErr> {
    Entity::here(view).filter(Column::UserId.eq(user)).all(view).await
}

/// The rows of these keys as the client means to change them, kept from others until the transaction
/// ends. Those that were never set are made: so two who set one at once wait for one another. The
/// keys come in order, and so no two wait for each other for ever.
pub async fn changing<V: Scope>(
    tx: &Tx<V>,
    place: Place,
    keys: &[&'static str],
) -> Result<Vec<Setting>, Refusal> {
    let new = keys.iter().map(|key| unset(tx.view(), place, key));
    let there = OnConflict::new().do_nothing().to_owned();
    Entity::insert_many(new).on_conflict(there).exec_without_returning(tx).await?;
    let mut rows = Vec::with_capacity(keys.len());
    for key in keys {
        let row = Entity::here(&**tx).filter(Column::UserId.eq(place.user));
        rows.push(for_change(tx, row.filter(Column::Key.eq(*key))).await?);
    }
    Ok(rows)
}

/// Writes a value as the row's next version.
pub async fn save(
    tx: &Tx<impl Scope>,
    row: Setting,
    content: Content,
    locked: bool,
) -> Result<Setting, DbErr> {
    let (value, sealed, sealed_by) = content.columns();
    let version = row.version + 1;
    let mut row = row.into_active_model();
    row.value = Set(value);
    row.sealed = Set(sealed);
    row.sealed_by = Set(sealed_by);
    row.locked = Set(locked);
    row.version = Set(version);
    row.updated_at = Set(tx.view().now());
    row.update(tx).await
}

/// Removes every value that an account has set for itself.
pub async fn forget(tx: &Tx, user: UserId) -> Result<(), DbErr> {
    Entity::remove_here(tx).filter(Column::UserId.eq(user)).exec(tx).await?;
    Ok(())
}

/// Removes every value of the organization, and answers how many there were.
pub async fn erase(tx: &OrgTx) -> Result<u64, DbErr> {
    Ok(Entity::remove_here(tx).exec(tx).await?.rows_affected)
}

impl SealedRow for Setting {
    type Id = ValueId;

    async fn outdated(
        view: &SystemView,
        current: &str,
        after: Option<ValueId>,
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
        let same = same.filter(Column::Version.eq(self.version));
        let change = same.col_expr(Column::Sealed, Expr::val(sealed));
        change.col_expr(Column::SealedBy, Expr::val(by)).exec(tx).await?;
        Ok(())
    }

    fn id(&self) -> ValueId {
        self.id
    }

    fn place(&self) -> Place {
        Place { organization: self.organization_id, user: self.user_id }
    }

    fn key(&self) -> &str {
        &self.key
    }

    fn number(&self) -> i64 {
        self.version
    }

    fn content(&self) -> Content {
        Content::read(self.value.clone(), self.sealed.clone(), self.sealed_by.clone())
    }
}

fn unset(view: &View, place: Place, key: &str) -> ActiveModel {
    let unset = Setting {
        id: view.id(),
        organization_id: place.organization,
        user_id: place.user,
        key: key.to_owned(),
        value: None,
        sealed: None,
        sealed_by: String::new(),
        locked: false,
        version: 0,
        created_at: view.now(),
        updated_at: view.now(),
    };
    unset.into_active_model().reset_all()
}
