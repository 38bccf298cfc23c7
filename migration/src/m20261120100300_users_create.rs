//! Accounts.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, pk_uuid, string_len, text, timestamp_with_time_zone,
        timestamp_with_time_zone_null,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let users = Table::create()
            .table("users")
            .col(pk_uuid("id"))
            .col(text("email"))
            .col(text("email_canonical"))
            .col(timestamp_with_time_zone_null("email_verified_at"))
            .col(text("name"))
            .col(string_len("locale", 35))
            .col(string_len("time_zone", 64))
            .col(string_len("status", 16))
            .col(big_integer("version"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("updated_at"))
            .col(timestamp_with_time_zone_null("deleted_at"))
            .to_owned();
        schema.create_table(users).await?;
        let live = Index::create()
            .name("users_email_canonical_key")
            .table("users")
            .col("email_canonical")
            .unique()
            .and_where(Expr::col("deleted_at").is_null())
            .to_owned();
        schema.create_index(live).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema.drop_table(Table::drop().table("users").to_owned()).await
    }
}
