//! Signing keys are known for a while before they sign.

use async_trait::async_trait;
use sea_orm_migration::{prelude::*, schema::timestamp_with_time_zone_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let from = timestamp_with_time_zone_null("signs_from");
        let keys = Table::alter().table("signing_keys").add_column(from).to_owned();
        schema.alter_table(keys).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let keys = Table::alter().table("signing_keys").drop_column("signs_from").to_owned();
        schema.alter_table(keys).await
    }
}
