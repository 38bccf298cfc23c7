//! Writing products, with the words by which they are found.

use std::collections::BTreeSet;

use kernel::{OnUnique, OrgTx, OrganizationId, Tenanted};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, Iterable, ModelTrait, QueryFilter,
    sea_query::{Alias, Expr, Func, InsertStatement, IntoIden, OnConflict, Query, SimpleExpr},
};

use super::product::{Column, Entity, Model as Product, ProductId};
use crate::{Error, attributes, words};

pub(super) const SKU: &str = "products_organization_id_sku_key";

/// How many rows one statement adds: databases take only so many parameters.
pub(super) const MANY: usize = 1000;

/// The words by which a product is found. They are folded before a transaction begins wherever what is
/// written is known then, for the longest texts take milliseconds.
#[derive(Clone, Debug)]
pub struct Words(String);

/// A product that is written as a whole, with its words.
#[derive(Clone, Debug)]
pub struct Written {
    pub product: Product,
    pub words: Words,
}

impl Words {
    /// Those of an organization's texts.
    pub fn of<'a>(organization: OrganizationId, texts: impl IntoIterator<Item = &'a str>) -> Self {
        Self(words::indexed(organization, texts))
    }
}

impl From<Product> for Written {
    fn from(product: Product) -> Self {
        let words = Words::of(product.organization_id, texts(&product));
        Self { product, words }
    }
}

/// Adds a product.
pub async fn insert(tx: &OrgTx, new: &Written) -> Result<(), Error> {
    let inserted = tx.execute(&insertion(tx, std::slice::from_ref(new))).await;
    inserted.map(drop).on_unique(SKU, || Error::SkuTaken)
}

/// Adds those of these whose SKU no live product has, and answers which: of two with one SKU the
/// first.
pub async fn insert_all(tx: &OrgTx, products: &[Written]) -> Result<BTreeSet<ProductId>, DbErr> {
    let mut inserted = BTreeSet::new();
    for some in products.chunks(MANY) {
        let mut insertion = insertion(tx, some);
        insertion.on_conflict(OnConflict::new().do_nothing().to_owned());
        insertion.returning_col(Column::Id);
        for row in tx.query_all(&insertion).await? {
            inserted.insert(row.try_get_by_index(0)?);
        }
    }
    Ok(inserted)
}

/// Writes what `after` has that `before`, which is locked, has not, as the next version.
pub async fn save(tx: &OrgTx, before: &Product, mut after: Product) -> Result<Product, Error> {
    after.version = before.version + 1;
    after.updated_at = tx.now();
    let mut update = Entity::change_here(tx).filter(Column::Id.eq(before.id));
    for column in Column::iter().filter(|it| before.get(*it) != after.get(*it)) {
        update = update.col_expr(column, Expr::val(after.get(column)));
    }
    if texts(before) != texts(&after) {
        let words = index(tx, Words::of(after.organization_id, texts(&after)));
        QueryFilter::query(&mut update).value(Alias::new("search"), words);
    }
    update.exec(tx).await.map(drop).on_unique(SKU, || Error::SkuTaken)?;
    Ok(after)
}

pub(super) fn insertion(tx: &OrgTx, products: &[Written]) -> InsertStatement {
    let mut insert = Query::insert();
    let columns = Column::iter().map(IntoIden::into_iden);
    insert.into_table(Entity).columns(columns.chain([Alias::new("search").into_iden()]));
    for Written { product, words } in products {
        let values = Column::iter().map(|column| Expr::val(product.get(column)));
        insert.values_panic(values.chain([index(tx, words.clone())]));
    }
    insert
}

/// Where its words are.
fn texts(product: &Product) -> Vec<&str> {
    let own = [&product.sku, &product.name, &product.description].map(String::as_str);
    own.into_iter().chain(attributes::texts(&product.attributes)).collect()
}

/// Words as the database keeps them: SQLite's triggers take them apart at the spaces.
fn index(tx: &OrgTx, Words(words): Words) -> SimpleExpr {
    if tx.get_database_backend() == DbBackend::Sqlite {
        return Expr::val(words);
    }
    let words = Func::cust("string_to_array").arg(words).arg(" ");
    Func::cust("array_to_tsvector").arg(words).into()
}
