//! The partitions of the log, where the database has any.

use kernel::Tx;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, prelude::Uuid};

/// Makes the partition of this month and of some ahead, those that are missing.
pub async fn make(tx: &Tx, ahead: i32) -> Result<(), DbErr> {
    if tx.get_database_backend() == DbBackend::Postgres {
        let sql = "select audit_log_make_months($1, $2)";
        let values = [tx.now().into(), ahead.into()];
        tx.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    }
    Ok(())
}

/// Drops the months that end before this id and whose entries are all at or below an anchor.
pub async fn drop_before(tx: &Tx, older: Uuid) -> Result<(), DbErr> {
    if tx.get_database_backend() == DbBackend::Postgres {
        // Whether all are takes a look at each.
        tx.execute_unprepared("set local statement_timeout = '5min'").await?;
        let sql = "select audit_log_drop_months($1)";
        let drop = Statement::from_sql_and_values(DbBackend::Postgres, sql, [older.into()]);
        tx.query_one_raw(drop).await?;
    }
    Ok(())
}
