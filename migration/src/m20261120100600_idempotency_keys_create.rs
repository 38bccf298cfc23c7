//! Answers that are kept beside an `Idempotency-Key`.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{blob, timestamp_with_time_zone},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let keys = Table::create()
            .table("idempotency_keys")
            .col(blob("name").primary_key())
            .col(blob("body_hash"))
            .col(blob("answer"))
            .col(timestamp_with_time_zone("created_at"))
            .to_owned();
        schema.create_table(keys).await?;
        let old = Index::create()
            .name("idempotency_keys_created_at_idx")
            .table("idempotency_keys")
            .col("created_at")
            .to_owned();
        schema.create_index(old).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema.drop_table(Table::drop().table("idempotency_keys").to_owned()).await
    }
}
