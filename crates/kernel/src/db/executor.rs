//! What lets sea-orm run a query through a view or a transaction: `.one(view)`, `.insert(tx)`.

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseExecutor, DbBackend, DbErr, ExecResult,
    QueryResult, Statement,
};

use super::{
    OrgView, Scope, SystemView, Tx, View,
    unit::{Held, Unit},
};

/// Where statements go: to a pool, each on its own, or into one transaction.
pub(super) enum Source {
    Pool(DatabaseConnection),
    Transaction(Unit),
}

/// The same, about to take one statement.
enum Ready<'a> {
    Pool(&'a DatabaseConnection),
    Transaction(Held<'a>),
}

impl Ready<'_> {
    fn executor(&self) -> Result<DatabaseExecutor<'_>, DbErr> {
        match self {
            Self::Pool(pool) => Ok((*pool).into()),
            Self::Transaction(held) => Ok(held.transaction()?.into()),
        }
    }
}

impl View {
    async fn ready(&self) -> Result<Ready<'_>, DbErr> {
        self.db.count();
        Ok(match &*self.source {
            Source::Pool(pool) => Ready::Pool(pool),
            Source::Transaction(unit) => Ready::Transaction(unit.held().await?),
        })
    }

    fn noted<T>(&self, result: Result<T, DbErr>) -> Result<T, DbErr> {
        if let Source::Transaction(unit) = &*self.source {
            unit.note(&result);
        }
        result
    }
}

#[async_trait]
impl ConnectionTrait for View {
    fn get_database_backend(&self) -> DbBackend {
        self.backend()
    }
    async fn execute_raw(&self, stmt: Statement) -> Result<ExecResult, DbErr> {
        self.noted(self.ready().await?.executor()?.execute_raw(stmt).await)
    }
    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.noted(self.ready().await?.executor()?.execute_unprepared(sql).await)
    }
    async fn query_one_raw(&self, stmt: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.noted(self.ready().await?.executor()?.query_one_raw(stmt).await)
    }
    async fn query_all_raw(&self, stmt: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.noted(self.ready().await?.executor()?.query_all_raw(stmt).await)
    }
}

/// What stands on a view runs its statements through it.
macro_rules! through_a_view {
    ($([$($generics:tt)*] $place:ty),+) => {$(
        #[async_trait]
        impl<$($generics)*> ConnectionTrait for $place {
            fn get_database_backend(&self) -> DbBackend {
                self.base().get_database_backend()
            }
            async fn execute_raw(&self, stmt: Statement) -> Result<ExecResult, DbErr> {
                self.base().execute_raw(stmt).await
            }
            async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
                self.base().execute_unprepared(sql).await
            }
            async fn query_one_raw(&self, stmt: Statement) -> Result<Option<QueryResult>, DbErr> {
                self.base().query_one_raw(stmt).await
            }
            async fn query_all_raw(&self, stmt: Statement) -> Result<Vec<QueryResult>, DbErr> {
                self.base().query_all_raw(stmt).await
            }
        }
    )+};
}

through_a_view!([] OrgView, [] SystemView, [V: Scope] Tx<V>);

impl OrgView {
    fn base(&self) -> &View {
        &self.view
    }
}

impl SystemView {
    fn base(&self) -> &View {
        &self.0
    }
}

impl<V: Scope> Tx<V> {
    fn base(&self) -> &View {
        self.0.view()
    }
}
