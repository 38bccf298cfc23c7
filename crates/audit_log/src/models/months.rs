//! The partitions of the log, where the database has any.

use kernel::Tx;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

/// Makes the partition of this month and of some ahead, those that are missing.
pub async fn make(tx: &Tx, ahead: i32) -> Result<(), DbErr> {
    if tx.get_database_backend() == DbBackend::Postgres {
        let sql = "select audit_log_make_months($1, $2)";
        let values = [tx.now().into(), ahead.into()];
        tx.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    }
    Ok(())
}
