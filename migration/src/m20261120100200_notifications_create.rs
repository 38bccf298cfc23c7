//! Who can be written to, and how they like it.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{pk_uuid, string_len, text, timestamp_with_time_zone},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let recipients = Table::create()
            .table("recipients")
            .col(pk_uuid("user_id"))
            .col(text("address"))
            .col(string_len("locale", 35))
            .col(string_len("time_zone", 64))
            .col(timestamp_with_time_zone("updated_at"))
            .to_owned();
        schema.create_table(recipients).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema.drop_table(Table::drop().table("recipients").to_owned()).await
    }
}
