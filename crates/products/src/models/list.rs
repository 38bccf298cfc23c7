//! Listing products: every order, with or without a status, has an index of its own, and so have words.

#[cfg(test)]
mod plans;

use kernel::{Listing, OrgView, PageOf, Refusal, Tenanted, db::PageRequest};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, QueryFilter, Select,
    sea_query::{BinOper, Expr, ExprTrait, Func, Query, SimpleExpr},
};

use super::product::{Column, Entity, Model as Product, Status};

const LISTING: Listing<Entity> = Listing {
    id: Column::Id,
    sorts: &[
        ("created_at", Column::CreatedAt),
        ("name", Column::Name),
        ("price", Column::PriceAmount),
    ],
    default: "-created_at",
};

/// Which products a list holds.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Words of the index, each the beginning of one.
    pub words: Vec<String>,
    pub status: Option<Status>,
    pub sku: Option<String>,
    pub currency: Option<String>,
    pub at_least: Option<i64>,
    pub at_most: Option<i64>,
    /// Whether they are filtered or sorted by price, and not just sold for the currency.
    pub priced: bool,
}

/// A page of the live products that are wanted.
pub async fn page(
    view: &OrgView,
    page: &PageRequest,
    found: Found,
) -> Result<PageOf<Product>, Refusal> {
    page.of(filtered(view, found), &LISTING, view).await
}

fn filtered(view: &OrgView, found: Found) -> Select<Entity> {
    let sqlite = view.get_database_backend() == DbBackend::Sqlite;
    let Found { words, status, sku, currency, at_least, at_most, priced } = found;
    let [live, words] = match words.as_slice() {
        [] => [Some(Column::DeletedAt.is_null()), None],
        words if sqlite => [Some(unindexed(Column::DeletedAt).eq("")), Some(sqlite_has(words))],
        words => [Some(Column::DeletedAt.is_null()), Some(postgres_has(words))],
    };
    let in_currency = |currency: String| {
        let column = Column::PriceCurrency;
        if sqlite && !priced { unindexed(column).eq(currency) } else { column.eq(currency) }
    };
    let conditions = [
        live,
        words,
        status.map(|status| Column::Status.eq(status)),
        sku.map(|sku| Column::Sku.eq(sku)),
        currency.map(in_currency),
        at_least.map(|amount| Column::PriceAmount.gte(amount)),
        at_most.map(|amount| Column::PriceAmount.lte(amount)),
    ];
    conditions.into_iter().flatten().fold(Entity::mine(view), Select::filter)
}

/// The column as no index knows it. SQLite has no statistics: it would go by the index of most
/// columns and sort what it finds, all of an organization's products in the end.
fn unindexed(column: Column) -> SimpleExpr {
    Func::coalesce([Expr::col((Entity, column)), Expr::val("")]).into()
}

/// That a product has all these words, or words that begin with them.
fn sqlite_has(words: &[String]) -> SimpleExpr {
    let words: Vec<_> = words.iter().map(|word| format!("\"{word}\"*")).collect();
    let wanted = Expr::val(words.join(" AND "));
    let mut rows = Query::select();
    rows.column("rowid").from("products_search");
    rows.and_where(Expr::col("products_search").binary(BinOper::Custom("match"), wanted));
    Expr::col(("products", "number")).in_subquery(rows)
}

/// The same.
fn postgres_has(words: &[String]) -> SimpleExpr {
    let words: Vec<_> = words.iter().map(|word| format!("'{word}':*")).collect();
    let wanted = Expr::val(words.join(" & ")).cast_as("tsquery");
    Expr::col(("products", "search")).binary(BinOper::Custom("@@"), wanted)
}
