//! Inboxes: what people are notified of, and how far each inbox has been numbered.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, json, pk_uuid, string_len, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let notifications = Table::create()
            .table("notifications")
            .col(pk_uuid("id"))
            .col(uuid("user_id"))
            .col(uuid("organization_id"))
            .col(string_len("topic", 64))
            .col(big_integer("seq"))
            .col(json("texts"))
            .col(json("data"))
            .col(string_len("dedupe_key", 200))
            .col(timestamp_with_time_zone_null("read_at"))
            .col(timestamp_with_time_zone_null("archived_at"))
            .col(big_integer("version"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("updated_at"))
            .to_owned();
        schema.create_table(notifications).await?;
        for index in indexes() {
            schema.create_index(index).await?;
        }

        let inboxes = Table::create()
            .table("inboxes")
            .col(pk_uuid("user_id"))
            .col(big_integer("last_seq"))
            .col(big_integer("purged_seq"))
            .col(big_integer("revision"))
            .to_owned();
        schema.create_table(inboxes).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for table in ["inboxes", "notifications"] {
            schema.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn indexes() -> [IndexCreateStatement; 5] {
    let listed = || Expr::col("seq").gt(0);
    let index = |name: &str, columns: &[&'static str]| {
        let mut index = Index::create();
        index.name(format!("notifications_{name}")).table("notifications");
        for column in columns {
            index.col(*column);
        }
        index
    };
    let mut seq = index("user_id_seq_key", &["user_id", "seq"]);
    let mut once = index(
        "user_id_organization_id_topic_dedupe_key_key",
        &["user_id", "organization_id", "topic", "dedupe_key"],
    );
    let mut waiting = index("waiting_idx", &["user_id", "id"]);
    let mut unread = index("unread_idx", &["user_id", "seq"]);
    let old = index("created_at_idx", &["created_at"]);
    let open = Expr::col("read_at").is_null().and(Expr::col("archived_at").is_null());
    [
        seq.unique().and_where(listed()).to_owned(),
        once.unique().and_where(Expr::col("dedupe_key").ne("")).to_owned(),
        waiting.and_where(Expr::col("seq").eq(0)).to_owned(),
        unread.and_where(listed().and(open)).to_owned(),
        old,
    ]
}
