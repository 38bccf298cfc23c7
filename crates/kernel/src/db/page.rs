//! Lists, a page at a time, by key and never by offset: the last page costs what the first does.

use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait, ExprTrait, FromQueryResult, IdenStatic, ModelTrait, Order,
    QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Alias, Expr, Query, SimpleExpr},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    View,
    cursor::{Cursor, KeyPart, Way},
};
use crate::problem::{Invalid, Refusal};

/// How far `?count=capped` counts.
const CAP: u64 = 10_000;

/// How a list may be sorted; every order is made total by the id.
pub struct Listing<E: EntityTrait> {
    /// The column of the ids. They are of version 7, so that sorting by it is sorting by time.
    pub id: E::Column,
    /// What a client may sort by, and which column that is.
    pub sorts: &'static [(&'static str, E::Column)],
    /// The order where the client names none, such as `-created_at`.
    pub default: &'static str,
}

/// Which page of a list is wanted, as the query string said it.
#[derive(Clone, Debug, Default)]
pub struct PageRequest {
    /// How many items, 1–100.
    pub limit: u64,
    /// Where the page begins or ends.
    pub cursor: Option<String>,
    /// The order.
    pub sort: Option<String>,
    /// Whether to count.
    pub count: Option<Count>,
    /// What a cursor is bound to: the path, which names the organization, and the filters.
    pub query: String,
}

/// How to count what all pages hold together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// Up to 10,000.
    Capped,
    /// All, however long it takes.
    Exact,
}

/// How many items all pages hold together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Total {
    /// The number.
    pub value: u64,
    /// Whether it is the number or there are at least so many.
    pub relation: Relation,
}

/// How a counted number stands to the true one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// It is the number.
    Eq,
    /// There are at least so many.
    Gte,
}

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PageOf<T> {
    /// The items.
    pub items: Vec<T>,
    /// What to ask the next page with; `null` on the last.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
    /// What to ask the previous page with; `null` on the first.
    #[schema(required = true)]
    pub prev_cursor: Option<String>,
    /// How many items there are, where the client asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false)]
    pub total: Option<Total>,
}

impl<T> PageOf<T> {
    /// The page, each item shown as something else.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> PageOf<U> {
        let Self { items, next_cursor, prev_cursor, total } = self;
        PageOf { items: items.into_iter().map(f).collect(), next_cursor, prev_cursor, total }
    }
}

impl PageRequest {
    /// This page of `rows`: one statement, and one more where the client wants a count.
    pub async fn of<E>(
        &self,
        rows: Select<E>,
        listing: &Listing<E>,
        view: &View,
    ) -> Result<PageOf<E::Model>, Refusal>
    where
        E: EntityTrait,
        E::Model: ModelTrait<Entity = E> + FromQueryResult + Send + Sync,
    {
        let keyring = view.keyring();
        let (columns, order, sort) = self.columns(listing)?;
        let query = format!("{} {sort}", self.query);
        let read = |text: &String| Cursor::read(text, keyring, &query);
        let cursor = self.cursor.as_ref().map(read).transpose()?;
        let total = match self.count {
            Some(count) => Some(counted(rows.clone(), count, view).await?),
            None => None,
        };

        let backward = cursor.as_ref().is_some_and(|cursor| cursor.way == Way::Previous);
        let order = match (order, backward) {
            (Order::Desc, true) => Order::Asc,
            (Order::Asc, true) => Order::Desc,
            (order, _) => order,
        };
        let mut rows = rows.limit(self.limit + 1);
        if let Some(Cursor { key, .. }) = &cursor {
            if key.len() != columns.len() {
                return Err(Refusal::Malformed("invalid_cursor"));
            }
            rows = rows.filter(beyond::<E>(&columns, key, &order));
        }
        for column in &columns {
            rows = rows.order_by(*column, order.clone());
        }
        let mut items = rows.all(view).await?;

        let more = u64::try_from(items.len()).is_ok_and(|found| found > self.limit);
        if more {
            items.pop();
        }
        if backward {
            items.reverse();
        }
        let write = |row: &E::Model, way| {
            let key: Option<_> = columns.iter().map(|it| KeyPart::of(row.get(*it))).collect();
            let unsortable = || DbErr::Type(format!("a list cannot be sorted by {sort}"));
            Ok::<_, DbErr>(Cursor { way, key: key.ok_or_else(unsortable)? }.write(keyring, &query))
        };
        let next = items.last().filter(|_| more || backward);
        let next = next.map(|row| write(row, Way::Next)).transpose()?;
        let back = if backward { more } else { cursor.is_some() };
        let prev = items.first().filter(|_| back);
        let prev = prev.map(|row| write(row, Way::Previous)).transpose()?;
        Ok(PageOf { items, next_cursor: next, prev_cursor: prev, total })
    }

    /// The columns to sort by, which way, and the order's canonical name.
    fn columns<'a, E: EntityTrait>(
        &'a self,
        listing: &Listing<E>,
    ) -> Result<(Vec<E::Column>, Order, &'a str), Refusal> {
        let sort = self.sort.as_deref().unwrap_or(listing.default);
        let falling = sort.strip_prefix('-').map(|name| (name, Order::Desc));
        let (name, order) = falling.unwrap_or((sort, Order::Asc));
        let known = listing.sorts.iter().find(|(known, _)| *known == name);
        let column = known.map(|(_, column)| *column).ok_or_else(|| {
            let names: Vec<_> = listing.sorts.iter().map(|(name, _)| *name).collect();
            let message = format!("is not among: {} (each also with -)", names.join(", "));
            Refusal::Invalid(vec![Invalid::new("sort", "sort", message)])
        })?;
        let by_id = column.as_str() == listing.id.as_str();
        let columns = if by_id { vec![listing.id] } else { vec![column, listing.id] };
        Ok((columns, order, sort))
    }
}

/// Rows after `key`, as one row value: the form in which an index serves both databases.
fn beyond<E: EntityTrait>(columns: &[E::Column], key: &[KeyPart], order: &Order) -> SimpleExpr {
    let names = columns.iter().map(|column| Expr::col((E::default(), *column)));
    let values = key.iter().map(|part| Expr::val(part.clone()));
    let (row, place) = match (columns, key) {
        ([column], [part]) => (Expr::col((E::default(), *column)), Expr::val(part.clone())),
        _ => (Expr::tuple(names), Expr::tuple(values)),
    };
    if *order == Order::Desc { row.lt(place) } else { row.gt(place) }
}

async fn counted<E: EntityTrait>(
    rows: Select<E>,
    count: Count,
    view: &View,
) -> Result<Total, Refusal> {
    let rows = rows.select_only().expr(Expr::val(1));
    let rows = match count {
        Count::Capped => rows.limit(CAP + 1),
        Count::Exact => rows,
    };
    let mut count_all = Query::select();
    count_all
        .expr(Expr::col(sea_orm::sea_query::Asterisk).count())
        .from_subquery(sea_orm::QueryTrait::into_query(rows), Alias::new("counted"));
    let row = view.query_one(&count_all).await?;
    let found: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
    let found = u64::try_from(found).unwrap_or_default();
    Ok(match count {
        Count::Capped if found > CAP => Total { value: CAP, relation: Relation::Gte },
        _ => Total { value: found, relation: Relation::Eq },
    })
}
