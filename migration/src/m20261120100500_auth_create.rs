//! How accounts prove who they are: passwords, sessions, mailed links; and the keys of our tokens.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, blob, pk_uuid, string_len, text, text_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let passwords = Table::create()
            .table("passwords")
            .col(pk_uuid("user_id"))
            .col(text("hash"))
            .col(timestamp_with_time_zone("updated_at"))
            .to_owned();
        schema.create_table(passwords).await?;

        let sessions = Table::create()
            .table("sessions")
            .col(pk_uuid("id"))
            .col(uuid("user_id"))
            .col(blob("nonce"))
            .col(big_integer("generation"))
            .col(timestamp_with_time_zone("rotated_at"))
            .col(timestamp_with_time_zone("authenticated_at"))
            .col(timestamp_with_time_zone("expires_at"))
            .col(timestamp_with_time_zone("ends_at"))
            .col(timestamp_with_time_zone_null("ended_at"))
            .col(timestamp_with_time_zone("created_at"))
            .to_owned();
        schema.create_table(sessions).await?;
        for column in ["user_id", "expires_at"] {
            let index = Index::create()
                .name(format!("sessions_{column}_idx"))
                .table("sessions")
                .col(column)
                .to_owned();
            schema.create_index(index).await?;
        }

        let links = Table::create()
            .table("mailed_links")
            .col(pk_uuid("id"))
            .col(string_len("kind", 32))
            .col(uuid("user_id"))
            .col(text("email_canonical"))
            .col(blob("token_hash"))
            .col(text_null("password_hash"))
            .col(timestamp_with_time_zone("expires_at"))
            .col(timestamp_with_time_zone("created_at"))
            .to_owned();
        schema.create_table(links).await?;
        let token = Index::create()
            .name("mailed_links_token_hash_key")
            .table("mailed_links")
            .col("token_hash")
            .unique()
            .to_owned();
        schema.create_index(token).await?;
        let user = Index::create()
            .name("mailed_links_user_id_idx")
            .table("mailed_links")
            .col("user_id")
            .to_owned();
        schema.create_index(user).await?;

        let keys = Table::create()
            .table("signing_keys")
            .col(pk_uuid("id"))
            .col(blob("secret"))
            .col(blob("public"))
            .col(timestamp_with_time_zone("created_at"))
            .to_owned();
        schema.create_table(keys).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for table in ["signing_keys", "mailed_links", "sessions", "passwords"] {
            schema.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
