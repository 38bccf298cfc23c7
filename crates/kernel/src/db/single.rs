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
        let ids = keys.iter().map(|key| key.id);
        let organizations: Vec<Uuid> = keys.iter().filter_map(|key| key.organization).collect();
        match self {
            Self::Postgres(connection) => {
                let mut query = sqlx::query(lookup.sql.clone()).bind(ids.collect::<Vec<_>>());
                if !organizations.is_empty() {
                    query = query.bind(organizations);
                }
                let rows = query.fetch_all(&mut **connection).await?;
                Ok(rows.into_iter().map(QueryResult::from).collect())
            }
            Self::Sqlite(connection) => {
                let mut query = sqlx::query(lookup.sql.clone()).bind(list(ids));
                if !organizations.is_empty() {
                    query = query.bind(list(organizations.into_iter()));
                }
                let rows = query.fetch_all(&mut **connection).await?;
                Ok(rows.into_iter().map(QueryResult::from).collect())
            }
        }
    }
}

/// Ids as SQLite takes many in one value: a JSON list.
fn list(ids: impl Iterator<Item = Uuid>) -> String {
    let ids: Vec<String> = ids.map(|id| format!("\"{}\"", id.simple())).collect();
    format!("[{}]", ids.join(","))
}
