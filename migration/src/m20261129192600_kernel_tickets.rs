//! Tickets: what a browser shows instead of its token where it cannot send one.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{boolean, string, timestamp_with_time_zone, uuid, var_binary},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let tickets = Table::create()
            .table("tickets")
            .col(var_binary("hash", 32).primary_key())
            .col(uuid("user_id"))
            .col(uuid("session_id"))
            .col(string("path"))
            .col(string("origin"))
            .col(boolean("used"))
            .col(timestamp_with_time_zone("created_at"))
            .to_owned();
        schema.create_table(tickets).await?;
        let old = Index::create()
            .name("tickets_created_at_idx")
            .table("tickets")
            .col("created_at")
            .to_owned();
        schema.create_index(old).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema.drop_table(Table::drop().table("tickets").to_owned()).await
    }
}
