//! Who does what only one process at a time may do.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, string, timestamp_with_time_zone},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let leases = Table::create()
            .table("leases")
            .col(string("name").primary_key())
            .col(big_integer("token"))
            .col(timestamp_with_time_zone("held_until"))
            .to_owned();
        schema.create_table(leases).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        schema.drop_table(Table::drop().table("leases").to_owned()).await
    }
}
