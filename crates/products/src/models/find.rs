//! Finding products one by one.

use chrono::{DateTime, Utc};
use kernel::{OrgTx, OrgView, Refusal, Tenanted, for_change};
use sea_orm::{
    ColumnTrait, DbErr, QueryFilter, QueryOrder, QuerySelect, Select, sea_query::ExprTrait,
};

use super::product::{Column, Entity, Model as Product, ProductId};

/// The live product of this id.
pub async fn live(view: &OrgView, id: ProductId) -> Result<Option<Product>, DbErr> {
    Ok(any(view, id).await?.filter(|it| it.deleted_at.is_none()))
}

/// The product of this id, live or deleted.
pub async fn any(view: &OrgView, id: ProductId) -> Result<Option<Product>, DbErr> {
    Entity::by_id(view, id).await
}

/// The live product of this SKU.
pub async fn by_sku(view: &OrgView, sku: &str) -> Result<Option<Product>, DbErr> {
    all_live(view).filter(Column::Sku.eq(sku)).one(view).await
}

/// The live product as the client means to change it.
pub async fn changing(tx: &OrgTx, id: ProductId) -> Result<Product, Refusal> {
    for_change(tx, all_live(tx).filter(Column::Id.eq(id))).await
}

/// The live products of these ids, in that order, kept from others until the transaction ends.
pub async fn changing_all(tx: &OrgTx, ids: Vec<ProductId>) -> Result<Vec<Product>, DbErr> {
    let rows = all_live(tx).filter(Column::Id.is_in(ids)).order_by_asc(Column::Id);
    rows.lock_exclusive().all(tx).await
}

/// The product of this id, live or deleted after `then`, as the client means to change it.
pub async fn changing_deleted(
    tx: &OrgTx,
    id: ProductId,
    then: DateTime<Utc>,
) -> Result<Product, Refusal> {
    let in_reach = Column::DeletedAt.is_null().or(Column::DeletedAt.gt(then));
    for_change(tx, Entity::mine(tx).filter(Column::Id.eq(id)).filter(in_reach)).await
}

fn all_live(view: &OrgView) -> Select<Entity> {
    Entity::mine(view).filter(Column::DeletedAt.is_null())
}
