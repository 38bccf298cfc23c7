//! What lets sea-orm run a query through a view or a transaction: `.one(view)`, `.insert(tx)`.

use std::sync::{
    Mutex,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseExecutor, DatabaseTransaction, DbBackend, DbErr,
    ExecResult, QueryResult, Statement,
};

use super::{OrgView, Scope, SystemView, Tx, View, leaving::Left};

/// Where statements go: to a pool, each on its own, or into one transaction.
pub(super) enum Source {
    Pool(DatabaseConnection),
    Transaction(Unit),
}

/// One open transaction, what is still to be written in it, and what follows its COMMIT.
pub(super) struct Unit {
    pub transaction: DatabaseTransaction,
    pub left: Mutex<Left>,
    pub effects: Mutex<Vec<Box<dyn FnOnce() + Send>>>,
    /// Whether a statement has failed. PostgreSQL takes COMMIT for ROLLBACK then, and says nothing.
    pub failed: AtomicBool,
    /// Whether the database has ended it by itself, as SQLite does on a full disk: what is sent then would
    /// be committed statement by statement.
    pub lost: AtomicBool,
}

impl Unit {
    pub fn new(transaction: DatabaseTransaction) -> Self {
        Self {
            transaction,
            left: Mutex::default(),
            effects: Mutex::default(),
            failed: AtomicBool::default(),
            lost: AtomicBool::default(),
        }
    }
}

impl View {
    fn executor(&self) -> DatabaseExecutor<'_> {
        match &*self.source {
            Source::Pool(pool) => pool.into(),
            Source::Transaction(unit) => (&unit.transaction).into(),
        }
    }

    fn counted(&self) -> Result<DatabaseExecutor<'_>, DbErr> {
        if let Source::Transaction(unit) = &*self.source
            && unit.lost.load(Ordering::Relaxed)
        {
            return Err(DbErr::Custom("the database has ended the transaction".into()));
        }
        self.db.count();
        Ok(self.executor())
    }

    fn noted<T>(&self, result: Result<T, DbErr>) -> Result<T, DbErr> {
        if let (Err(_), Source::Transaction(unit)) = (&result, &*self.source) {
            unit.failed.store(true, Ordering::Relaxed);
        }
        result
    }
}

#[async_trait]
impl ConnectionTrait for View {
    fn get_database_backend(&self) -> DbBackend {
        self.executor().get_database_backend()
    }
    async fn execute_raw(&self, stmt: Statement) -> Result<ExecResult, DbErr> {
        self.noted(self.counted()?.execute_raw(stmt).await)
    }
    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.noted(self.counted()?.execute_unprepared(sql).await)
    }
    async fn query_one_raw(&self, stmt: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.noted(self.counted()?.query_one_raw(stmt).await)
    }
    async fn query_all_raw(&self, stmt: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.noted(self.counted()?.query_all_raw(stmt).await)
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
