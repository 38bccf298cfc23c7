//! From what accounts are signed in, and the address that a mailed link is to bring.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{blob, blob_null, text_null, timestamp_with_time_zone, uuid},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let sessions =
            Table::alter().table("sessions").add_column(blob_null("device")).to_owned();
        schema.alter_table(sessions).await?;
        let links =
            Table::alter().table("mailed_links").add_column(text_null("new_email")).to_owned();
        schema.alter_table(links).await?;

        let devices = Table::create()
            .table("known_devices")
            .col(uuid("user_id"))
            .col(blob("mark"))
            .col(timestamp_with_time_zone("seen_at"))
            .primary_key(Index::create().col("user_id").col("mark"))
            .to_owned();
        schema.create_table(devices).await?;
        let seen = Index::create()
            .name("known_devices_seen_at_idx")
            .table("known_devices")
            .col("seen_at")
            .to_owned();
        schema.create_index(seen).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema.drop_table(Table::drop().table("known_devices").to_owned()).await?;
        for (table, column) in [("mailed_links", "new_email"), ("sessions", "device")] {
            let change = Table::alter().table(table).drop_column(column).to_owned();
            schema.alter_table(change).await?;
        }
        Ok(())
    }
}
