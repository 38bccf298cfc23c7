//! Who has which role on the platform.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{string_len, timestamp_with_time_zone, uuid},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let assignments = Table::create()
            .table("platform_role_assignments")
            .col(uuid("user_id"))
            .col(string_len("role", 64))
            .col(timestamp_with_time_zone("created_at"))
            .primary_key(Index::create().col("user_id").col("role"))
            .to_owned();
        schema.create_table(assignments).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema.drop_table(Table::drop().table("platform_role_assignments").to_owned()).await
    }
}
