//! One connection, kept for several statements in a row: the pool tries each that comes back to it, so
//! that one statement a connection is two round trips.

use std::sync::Arc;

use sea_orm::{
    ConnAcquireErr, DatabaseConnection, DbBackend, DbErr, EntityTrait, QueryResult, RuntimeErr,
};
use sqlx::{Error, Postgres, Sqlite, pool::PoolConnection};
use uuid::Uuid;

use super::by_id::{Key, Lookup};

/// A connection that nobody else uses meanwhile.
pub(super) enum Single {
    Postgres(PoolConnection<Postgres>),
    Sqlite(PoolConnection<Sqlite>),
}

impl Single {
    /// One of `pool`.
    pub async fn of(pool: &DatabaseConnection) -> Result<Self, DbErr> {
        let taken = if pool.get_database_backend() == DbBackend::Sqlite {
            pool.get_sqlite_connection_pool().acquire().await.map(Self::Sqlite)
        } else {
            pool.get_postgres_connection_pool().acquire().await.map(Self::Postgres)
        };
        taken.map_err(|error| match error {
            Error::PoolTimedOut => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
            Error::PoolClosed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
            error => DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))),
        })
    }

    /// The rows that have these keys, and some more where organizations and ids are crossed.
    pub async fn rows<E: EntityTrait>(
        &mut self,
        lookup: &Lookup<E>,
        keys: &[Key],
    ) -> Result<Vec<QueryResult>, Error> {
        match self {
            Self::Postgres(connection) => {
                let ids: Vec<Uuid> = keys.iter().map(|key| key.id).collect();
                let organizations: Vec<Uuid> =
                    keys.iter().filter_map(|key| key.organization).collect();
                let mut query = sqlx::query(lookup.sql.clone()).bind(ids);
                if !organizations.is_empty() {
                    query = query.bind(organizations);
                }
                let rows = query.fetch_all(&mut **connection).await?;
                Ok(rows.into_iter().map(QueryResult::from).collect())
            }
            Self::Sqlite(connection) => {
                let query = sqlx::query(lookup.sql.clone()).bind(list(keys));
                let rows = query.fetch_all(&mut **connection).await?;
                Ok(rows.into_iter().map(QueryResult::from).collect())
            }
        }
    }
}

/// Keys as SQLite takes many in one value: a JSON list, of the id and the organization.
fn list(keys: &[Key]) -> String {
    let text = |key: &Key| match key.organization {
        Some(organization) => format!("\"{}{}\"", key.id.simple(), organization.simple()),
        None => format!("\"{}\"", key.id.simple()),
    };
    let keys: Vec<String> = keys.iter().map(text).collect();
    format!("[{}]", keys.join(","))
}
