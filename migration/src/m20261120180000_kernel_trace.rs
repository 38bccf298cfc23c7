//! Jobs remember the trace of what queued them.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{string_len_null, string_null},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds and drops one column at a time.
        for column in [string_len_null("traceparent", 55), string_null("tracestate")] {
            let jobs = Table::alter().table("jobs").add_column(column).to_owned();
            schema.alter_table(jobs).await?;
        }
        Ok(())
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for column in ["tracestate", "traceparent"] {
            let jobs = Table::alter().table("jobs").drop_column(column).to_owned();
            schema.alter_table(jobs).await?;
        }
        Ok(())
    }
}
