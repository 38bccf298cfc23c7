//! Which row: by its id and, where rows belong to organizations, by whose it is.

use std::marker::PhantomData;

use sea_orm::{
    ColumnTrait, DbBackend, DbErr, EntityTrait, IdenStatic, Iterable, ModelTrait,
    PrimaryKeyToColumn, QueryFilter, QueryTrait, Select, Value,
    sea_query::{Expr, Func},
};
use sqlx::{AssertSqlSafe, SqlSafeStr, SqlStr};
use uuid::Uuid;

use super::View;

/// How many characters an id has in SQLite's list.
const HEX: usize = 32;

/// What a row is found by. Answers are matched by all of it: a statement that serves many organizations
/// gives none of them another's row.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub organization: Option<Uuid>,
    pub id: Uuid,
}

/// How rows of an entity are found by their keys.
pub(super) struct Lookup<E: EntityTrait> {
    /// The statement. PostgreSQL's takes the ids and, of a tenanted entity, the organizations; SQLite's
    /// takes both together in one JSON list, for it would sort each list of its own into a table first.
    pub sql: SqlStr,
    organization: Option<E::Column>,
    entity: PhantomData<E>,
}

impl<E: EntityTrait> Lookup<E> {
    /// The rows of `all`; `organization` is the column that says whose they are.
    pub fn new(all: Select<E>, organization: Option<E::Column>, backend: DbBackend) -> Self {
        let columns = id_column::<E>().into_iter().chain(organization);
        let mut rows = columns.zip(0..).fold(all, |rows, (column, place)| {
            let name = format!(r#""{}"."{}""#, E::default().table_name(), column.as_str());
            rows.filter(Expr::cust(if backend == DbBackend::Sqlite {
                let from = place * HEX + 1;
                format!(r#"{name} = unhex(substr("wanted"."value", {from}, {HEX}))"#)
            } else {
                format!("{name} = any(${})", place + 1)
            }))
        });
        if backend == DbBackend::Sqlite {
            let wanted = Func::cust("json_each").arg(Expr::cust("?1"));
            QueryTrait::query(&mut rows).from_function(wanted, "wanted");
        }
        let sql = AssertSqlSafe(rows.build(backend).sql).into_sql_str();
        Self { sql, organization, entity: PhantomData }
    }

    /// What a row is found by.
    pub fn key(&self, row: &E::Model) -> Result<Key, DbErr> {
        let id = |column| match row.get(column) {
            Value::Uuid(Some(id)) => Ok(id),
            _ => Err(DbErr::Type("a row without an id cannot be read by it".into())),
        };
        let own = id_column::<E>().map_or_else(|| Ok(Uuid::nil()), id)?;
        Ok(Key { organization: self.organization.map(id).transpose()?, id: own })
    }
}

/// The row of `rows` that has this key, read together with others' where many are asked for at once;
/// in a transaction it is read there.
pub(super) async fn by_id<E: EntityTrait>(
    view: &View,
    rows: impl Fn() -> Select<E> + Send,
    organization: Option<(E::Column, Uuid)>,
    id: Uuid,
) -> Result<Option<E::Model>, DbErr> {
    if view.is_transaction() {
        let Some(column) = id_column::<E>() else { return Ok(None) };
        let mut row = rows().filter(column.eq(id));
        if let Some((column, organization)) = organization {
            row = row.filter(column.eq(organization));
        }
        return Box::pin(row.one(view)).await; // the common way need not carry its size
    }
    // A tenant's own row is told by its id: asked for by both, PostgreSQL would compare both lists.
    let organization = match organization {
        Some((column, own)) if is_id::<E>(column) && own != id => return Ok(None),
        Some((column, _)) if is_id::<E>(column) => None,
        other => other,
    };
    let (column, organization) = organization.unzip();
    let lookup = || Lookup::new(rows(), column, view.backend());
    let loader = view.db().lane.loaders.of(lookup);
    loader.load(view.db(), Key { organization, id }).await
}

fn is_id<E: EntityTrait>(column: E::Column) -> bool {
    id_column::<E>().is_some_and(|id| id.as_str() == column.as_str())
}

fn id_column<E: EntityTrait>() -> Option<E::Column> {
    E::PrimaryKey::iter().next().map(PrimaryKeyToColumn::into_column)
}
