//! What is set, and what was set before.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, blob_null, boolean, json_null, pk_uuid, string_len, timestamp_with_time_zone,
        uuid,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let mut settings = values("settings", "version");
        settings.col(timestamp_with_time_zone("updated_at"));
        schema.create_table(settings).await?;
        let mut revisions = values("setting_revisions", "revision");
        revisions.col(string_len("actor_type", 32)).col(uuid("actor_id"));
        schema.create_table(revisions).await?;
        let place = ["organization_id", "user_id", "key"];
        unique(schema, "settings", &place).await?;
        unique(schema, "setting_revisions", &[&place[..], &["revision"]].concat()).await?;
        for table in ["settings", "setting_revisions"] {
            let sealed = Index::create()
                .name(format!("{table}_sealed_by_id_idx"))
                .table(table)
                .col("sealed_by")
                .col("id")
                .and_where(Expr::col("sealed").is_not_null())
                .to_owned();
            schema.create_index(sealed).await?;
        }
        Ok(())
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for table in ["setting_revisions", "settings"] {
            schema.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

/// What both tables have: a value of a place, in clear or sealed, or neither where it is not set.
fn values(table: &'static str, number: &'static str) -> TableCreateStatement {
    Table::create()
        .table(table)
        .col(pk_uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("user_id"))
        .col(string_len("key", 64))
        .col(json_null("value"))
        .col(blob_null("sealed"))
        .col(string_len("sealed_by", 32))
        .col(boolean("locked"))
        .col(big_integer(number))
        .col(timestamp_with_time_zone("created_at"))
        .to_owned()
}

async fn unique(
    schema: &SchemaManager<'_>,
    table: &'static str,
    columns: &[&'static str],
) -> Result<(), DbErr> {
    let mut index = Index::create();
    index.name(format!("{table}_{}_key", columns.join("_"))).table(table).unique();
    for column in columns {
        index.col(*column);
    }
    schema.create_index(index).await
}
