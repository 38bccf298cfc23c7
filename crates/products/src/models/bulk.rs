//! Reading and writing products by the hundred.

use chrono::{DateTime, Utc};
use kernel::{OnUnique, OrgTx, OrgView, Tenanted};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, FromQueryResult, IdenStatic, Iterable,
    JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Alias, Asterisk, Expr, ExprTrait, Func, IntoIden, OnConflict, Query, SimpleExpr},
};

use super::{
    product::{Column, Entity, Model as Product, ProductId},
    write::{MANY, SKU, Written, insertion},
};
use crate::Error;

/// The live products of these ids, and those of these SKUs, which hold no line feed: a statement for
/// each that is not empty.
pub async fn named(
    view: &OrgView,
    ids: Vec<ProductId>,
    skus: Vec<String>,
) -> Result<Vec<Product>, DbErr> {
    let mut found = Vec::new();
    if !ids.is_empty() {
        found.extend(by_ids(Entity::mine(view), ids, view).await?);
    }
    if !skus.is_empty() {
        found.extend(by_skus(view, skus).await?);
    }
    Ok(found)
}

/// Those of these that are live, in the order of their ids, kept from others until the transaction ends.
pub async fn locked(tx: &OrgTx, ids: Vec<ProductId>) -> Result<Vec<Product>, DbErr> {
    by_ids(Entity::mine(tx).lock_exclusive(), ids, tx).await
}

/// The next `most` live products behind `after`, in the order in which they were added. (By the ids
/// alone PostgreSQL might walk over the products of all organizations.)
pub async fn following(
    view: &OrgView,
    after: Option<(DateTime<Utc>, ProductId)>,
    most: u64,
) -> Result<Vec<Product>, DbErr> {
    let mut rows = all_live(view);
    if let Some((added, id)) = after {
        let place = Expr::tuple([Expr::col(Column::CreatedAt), Expr::col(Column::Id)]);
        rows = rows.filter(place.gt(Expr::tuple([Expr::val(added), Expr::val(id)])));
    }
    let rows = rows.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id);
    rows.limit(most).all(view).await
}

/// Writes these over the rows of their ids, which are live and locked.
pub async fn overwrite(tx: &OrgTx, products: &[Written]) -> Result<(), Error> {
    for some in products.chunks(MANY) {
        let fixed = [Column::Id, Column::OrganizationId, Column::CreatedAt].map(|it| it.as_str());
        let columns = Column::iter().filter(|it| !fixed.contains(&it.as_str()));
        let columns = columns.map(IntoIden::into_iden).chain([Alias::new("search").into_iden()]);
        let over = OnConflict::column(Column::Id).update_columns(columns).to_owned();
        let mut insertion = insertion(tx, some);
        insertion.on_conflict(over);
        tx.execute(&insertion).await.map(drop).on_unique(SKU, || Error::SkuTaken)?;
    }
    Ok(())
}

fn all_live(view: &OrgView) -> Select<Entity> {
    Entity::mine(view).filter(Column::DeletedAt.is_null())
}

/// Without a word of those that are deleted to the database: the indexes of live products are out of the
/// question then, and that of the ids remains.
async fn by_ids(
    rows: Select<Entity>,
    ids: Vec<ProductId>,
    view: &OrgView,
) -> Result<Vec<Product>, DbErr> {
    let wanted = if view.get_database_backend() == DbBackend::Sqlite {
        Column::Id.is_in(ids)
    } else {
        let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
        Expr::col((Entity, Column::Id)).eq(Func::cust("any").arg(list(&ids, "uuid[]")))
    };
    let rows = rows.filter(wanted).order_by_asc(Column::Id).all(view).await?;
    Ok(rows.into_iter().filter(|it| it.deleted_at.is_none()).collect())
}

/// PostgreSQL looks each up by itself, and the bounds and the order leave it one index to do so. Of a
/// table that has just begun to grow it thinks that any index will do, and would compare every row with
/// every SKU until it knows better.
async fn by_skus(view: &OrgView, skus: Vec<String>) -> Result<Vec<Product>, DbErr> {
    if view.get_database_backend() == DbBackend::Sqlite {
        return all_live(view).filter(Column::Sku.is_in(skus)).all(view).await;
    }
    let (sku, wanted) = (|| Expr::col((Entity, Column::Sku)), || Expr::col(("wanted", "wanted")));
    let row = all_live(view).filter(sku().gte(wanted())).filter(sku().lte(wanted()));
    let row = row.order_by_asc(Column::Sku).limit(1).into_query();
    let mut each = Query::select();
    each.column(("found", Asterisk))
        .from_function(Func::cust("unnest").arg(list(&skus, "text[]")), "wanted")
        .join_lateral(JoinType::InnerJoin, row, "found", Expr::val(1).eq(1));
    let rows = view.query_all(&each).await?;
    rows.iter().map(|row| Product::from_query_result(row, "")).collect()
}

/// Many values in one parameter; none holds a line feed.
fn list(values: &[String], name: &'static str) -> SimpleExpr {
    let list = Func::cust("string_to_array").arg(values.join("\n")).arg("\n");
    SimpleExpr::from(list).cast_as(name)
}
