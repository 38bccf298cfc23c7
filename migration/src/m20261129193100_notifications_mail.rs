//! Mail about notifications: what people want of it, which mail each notification is in, which mailboxes
//! take none, and what organizations write in place of our words.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, integer_null, json, pk_uuid, string_len, text, timestamp_with_time_zone, uuid,
        uuid_null,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for table in [preferences(), items(), bounces(), templates()] {
            schema.create_table(table).await?;
        }
        let one = Index::create()
            .name("notification_templates_organization_id_topic_language_key")
            .table("notification_templates")
            .col("organization_id")
            .col("topic")
            .col("language")
            .unique()
            .to_owned();
        schema.create_index(one).await?;
        let due = Index::create()
            .name("mail_items_waiting_idx")
            .table("mail_items")
            .col("user_id")
            .col("topic")
            .and_where(Expr::col("digest_id").is_null())
            .to_owned();
        schema.create_index(due).await?;
        for column in ["digest_id", "due_at"] {
            let index = Index::create()
                .name(format!("mail_items_{column}_idx"))
                .table("mail_items")
                .col(column)
                .to_owned();
            schema.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let tables =
            ["notification_templates", "mail_bounces", "mail_items", "notification_preferences"];
        for table in tables {
            schema.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn preferences() -> TableCreateStatement {
    Table::create()
        .table("notification_preferences")
        .col(pk_uuid("user_id"))
        .col(json("choices"))
        .col(integer_null("quiet_from"))
        .col(integer_null("quiet_to"))
        .col(big_integer("version"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .to_owned()
}

fn items() -> TableCreateStatement {
    Table::create()
        .table("mail_items")
        .col(pk_uuid("notification_id"))
        .col(uuid("user_id"))
        .col(uuid("organization_id"))
        .col(string_len("topic", 64))
        .col(timestamp_with_time_zone("due_at"))
        .col(uuid_null("digest_id"))
        .to_owned()
}

fn bounces() -> TableCreateStatement {
    Table::create()
        .table("mail_bounces")
        .col(pk_uuid("user_id"))
        .col(text("address"))
        .col(string_len("status", 200))
        .col(timestamp_with_time_zone("created_at"))
        .to_owned()
}

fn templates() -> TableCreateStatement {
    Table::create()
        .table("notification_templates")
        .col(pk_uuid("id"))
        .col(uuid("organization_id"))
        .col(string_len("topic", 64))
        .col(string_len("language", 16))
        .col(text("subject"))
        .col(text("body"))
        .col(big_integer("version"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .to_owned()
}
