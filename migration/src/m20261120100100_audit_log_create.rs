//! What happened, who did it and when; and the keys of the people it is about.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{
        blob, blob_null, json_binary, pk_uuid, string, string_len, timestamp_with_time_zone, uuid,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let entries = Table::create()
            .table("audit_log")
            .col(pk_uuid("id"))
            .col(uuid("organization_id"))
            .col(string("action"))
            .col(string_len("outcome", 16))
            .col(string_len("actor_type", 32))
            .col(uuid("actor_id"))
            .col(string_len("target_type", 64))
            .col(uuid("target_id"))
            .col(json_binary("changes"))
            .col(uuid("person_id"))
            .col(blob_null("personal"))
            .col(uuid("origin_person_id"))
            .col(blob_null("origin"))
            .col(string_len("request_id", 64))
            .col(timestamp_with_time_zone("created_at"))
            .to_owned();
        schema.create_table(entries).await?;
        for (name, column) in [
            ("audit_log_organization_id_id_idx", None),
            ("audit_log_organization_id_actor_id_id_idx", Some("actor_id")),
            ("audit_log_organization_id_target_id_id_idx", Some("target_id")),
            ("audit_log_organization_id_action_id_idx", Some("action")),
        ] {
            let mut index = Index::create();
            index.name(name).table("audit_log").col("organization_id");
            if let Some(column) = column {
                index.col(column);
            }
            schema.create_index(index.col("id").to_owned()).await?;
        }

        let keys = Table::create()
            .table("audit_log_keys")
            .col(pk_uuid("person_id"))
            .col(blob("key"))
            .col(timestamp_with_time_zone("created_at"))
            .to_owned();
        schema.create_table(keys).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for table in ["audit_log_keys", "audit_log"] {
            schema.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
