//! Roles' rows.

pub(super) mod entity;

use kernel::{
    Claimed, Listing, OrgTx, PageOf, Refusal, Scope, Tenanted, Tx, UserId, View, db::PageRequest,
    for_change,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select, sea_query::LockType,
};

use super::assignment;

pub use entity::{ActiveModel, Keys, Model as Role, RoleId};
use entity::{Column, Entity};

const LISTING: Listing<Entity> = Listing {
    id: Column::Id,
    sorts: &[("created_at", Column::Id), ("key", Column::Key), ("name", Column::Name)],
    default: "created_at",
};

/// A page of the place's roles.
pub async fn page<V: Scope>(view: &V, page: &PageRequest) -> Result<PageOf<Role>, Refusal> {
    page.of(Entity::here(view), &LISTING, view.view()).await
}

/// A page of the roles that an account has at this place.
pub async fn page_of_user<V: Scope>(
    view: &V,
    user: UserId,
    page: &PageRequest,
) -> Result<PageOf<Role>, Refusal> {
    page.of(of(view, user), &LISTING, view.view()).await
}

/// The roles that an account has at this place.
pub async fn of_user<V: Scope>(view: &V, user: UserId) -> Result<Vec<Role>, DbErr> {
    of(view, user).order_by_asc(Column::Id).all(view).await
}

/// The place's role of this id.
pub async fn by_id<V: Scope>(view: &V, id: RoleId) -> Result<Option<Role>, DbErr> {
    Entity::here(view).filter(Column::Id.eq(id)).one(view).await
}

/// The place's roles of these keys.
pub async fn by_keys<V: Scope>(view: &V, keys: &[String]) -> Result<Vec<Role>, DbErr> {
    Entity::here(view).filter(Column::Key.is_in(keys.iter().cloned())).all(view).await
}

/// The role of this id, wherever it counts.
pub async fn known(view: &View, id: RoleId) -> Result<Option<Role>, DbErr> {
    Entity::claimed(view, &id).one(view).await
}

/// The role of the request, kept from others until the transaction ends.
pub async fn changing<V: Scope>(tx: &Tx<V>, id: RoleId) -> Result<Role, Refusal> {
    for_change(tx, Entity::here(&**tx).filter(Column::Id.eq(id))).await
}

/// Those of these roles that are there, which nobody removes or changes until the transaction ends;
/// others may hold them too.
pub async fn hold<V: Scope>(tx: &Tx<V>, ids: &[RoleId]) -> Result<Vec<Role>, DbErr> {
    let rows = Entity::here(&**tx).filter(Column::Id.is_in(ids.iter().copied()));
    rows.order_by_asc(Column::Id).lock(LockType::KeyShare).all(tx).await
}

/// Has whoever asks for the same at this place wait until the transaction ends, so that what is
/// counted now is still right at COMMIT. Who only holds roles need not wait.
pub async fn alone<V: Scope>(tx: &Tx<V>) -> Result<(), DbErr> {
    let first = Entity::here(&**tx).filter(Column::System.eq(true)).order_by_asc(Column::Id);
    first.limit(1).lock(LockType::NoKeyUpdate).one(tx).await?;
    Ok(())
}

/// How many roles the place has made for itself.
pub async fn count_own<V: Scope>(view: &V) -> Result<u64, DbErr> {
    Entity::here(view).filter(Column::System.eq(false)).count(view).await
}

/// Adds roles.
pub async fn insert(tx: &Tx<impl Scope>, roles: &[Role]) -> Result<(), DbErr> {
    let rows = roles.iter().map(|role| ActiveModel::from(role.clone()).reset_all());
    Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes what `change` makes of a role, as its next version.
pub async fn save(
    tx: &Tx<impl Scope>,
    role: Role,
    change: impl FnOnce(&mut ActiveModel),
) -> Result<Role, DbErr> {
    let version = role.version + 1;
    let mut row = role.into_active_model();
    row.version = Set(version);
    row.updated_at = Set(tx.view().now());
    change(&mut row);
    row.update(tx).await
}

/// Removes a role.
pub async fn remove<V: Scope>(tx: &Tx<V>, id: RoleId) -> Result<(), DbErr> {
    Entity::remove_here(tx).filter(Column::Id.eq(id)).exec(tx).await?;
    Ok(())
}

/// Removes every role of an organization.
pub async fn erase(tx: &OrgTx) -> Result<(), DbErr> {
    Entity::remove_here(tx).exec(tx).await?;
    Ok(())
}

fn of<V: Scope>(view: &V, user: UserId) -> Select<Entity> {
    Entity::here(view).filter(Column::Id.in_subquery(assignment::roles_of(view, user)))
}
