//! Verifications of logs: how far each is, and what it has found.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, big_integer_null, pk_uuid, string_len, string_len_null, text_null,
        timestamp_with_time_zone, uuid,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let verifications = Table::create()
            .table("audit_log_verifications")
            .col(pk_uuid("id"))
            .col(uuid("organization_id"))
            .col(text_null("note"))
            .col(string_len("state", 16))
            .col(big_integer("size"))
            .col(big_integer("checked"))
            .col(big_integer_null("first_bad_seq"))
            .col(string_len_null("reason", 32))
            .col(big_integer("version"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("updated_at"))
            .to_owned();
        schema.create_table(verifications).await?;
        let order = Index::create()
            .name("audit_log_verifications_organization_id_id_idx")
            .table("audit_log_verifications")
            .col("organization_id")
            .col("id")
            .to_owned();
        schema.create_index(order).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema.drop_table(Table::drop().table("audit_log_verifications").to_owned()).await
    }
}
