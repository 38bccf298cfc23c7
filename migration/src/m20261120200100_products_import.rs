//! Files of products that are being imported: where each stands, its bytes, and the rows that were
//! wrong.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, blob, integer, json, pk_uuid, string_len, string_len_null,
        timestamp_with_time_zone, uuid,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        imports(schema).await?;
        let pieces = Table::create()
            .table("product_import_pieces")
            .col(uuid("organization_id"))
            .col(uuid("import_id"))
            .col(integer("number"))
            .col(blob("bytes"))
            .primary_key(Index::create().col("import_id").col("number"))
            .to_owned();
        schema.create_table(pieces).await?;
        let faults = Table::create()
            .table("product_import_faults")
            .col(pk_uuid("id"))
            .col(uuid("organization_id"))
            .col(uuid("import_id"))
            .col(big_integer("line"))
            .col(json("errors"))
            .to_owned();
        schema.create_table(faults).await?;
        let order = Index::create()
            .name("product_import_faults_import_id_id_idx")
            .table("product_import_faults")
            .col("import_id")
            .col("id")
            .to_owned();
        schema.create_index(order).await?;
        for table in ["product_import_pieces", "product_import_faults"] {
            let whose = Index::create()
                .name(format!("{table}_organization_id_idx"))
                .table(table)
                .col("organization_id")
                .to_owned();
            schema.create_index(whose).await?;
        }
        Ok(())
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for table in ["product_import_faults", "product_import_pieces", "product_imports"] {
            schema.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

async fn imports(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let imports = Table::create()
        .table("product_imports")
        .col(pk_uuid("id"))
        .col(uuid("organization_id"))
        .col(string_len("actor_type", 32))
        .col(uuid("actor_id"))
        .col(string_len("format", 16))
        .col(string_len("state", 16))
        .col(big_integer("size"))
        .col(big_integer("position"))
        .col(big_integer("line"))
        .col(json("columns"))
        .col(big_integer("done"))
        .col(big_integer("created"))
        .col(big_integer("updated"))
        .col(big_integer("failed"))
        .col(string_len_null("failure", 64))
        .col(big_integer("version"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .to_owned();
    schema.create_table(imports).await?;
    for (column, then) in [("organization_id", "id"), ("state", "updated_at")] {
        let index = Index::create()
            .name(format!("product_imports_{column}_{then}_idx"))
            .table("product_imports")
            .col(column)
            .col(then)
            .to_owned();
        schema.create_index(index).await?;
    }
    Ok(())
}
