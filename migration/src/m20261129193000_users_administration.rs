//! Accounts that administrators find by words, disable until a time, and that are erased some time
//! after they were deleted.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{custom, text, text_null, timestamp_with_time_zone_null, uuid},
    sea_orm::DbBackend,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds and drops one column at a time.
        for column in [
            text_null("search"),
            timestamp_with_time_zone_null("disabled_until"),
            text_null("disabled_reason"),
            timestamp_with_time_zone_null("erase_at"),
        ] {
            let users = Table::alter().table("users").add_column(column).to_owned();
            schema.alter_table(users).await?;
        }
        let words = Table::create()
            .table("user_words")
            .col(plain("word", schema.get_database_backend()))
            .col(uuid("user_id"))
            .primary_key(Index::create().col("word").col("user_id"))
            .to_owned();
        schema.create_table(words).await?;
        let of_user = Index::create()
            .name("user_words_user_id_idx")
            .table("user_words")
            .col("user_id")
            .to_owned();
        schema.create_index(of_user).await?;
        for (name, columns, holds) in indexes() {
            let mut index = Index::create();
            index.name(name).table("users").and_where(holds);
            for column in columns {
                index.col(*column);
            }
            schema.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for (name, ..) in indexes() {
            schema.drop_index(Index::drop().name(name).table("users").to_owned()).await?;
        }
        schema.drop_table(Table::drop().table("user_words").to_owned()).await?;
        for column in ["erase_at", "disabled_reason", "disabled_until", "search"] {
            let users = Table::alter().table("users").drop_column(column).to_owned();
            schema.alter_table(users).await?;
        }
        Ok(())
    }
}

/// What lists go by, and what the jobs look for.
fn indexes() -> [(&'static str, &'static [&'static str], Expr); 5] {
    let disabled = Expr::col("deleted_at").is_null().and(Expr::col("status").eq("disabled"));
    let deleted = || Expr::col("deleted_at").is_not_null();
    [
        ("users_disabled_id_idx", &["id"], disabled),
        ("users_deleted_id_idx", &["id"], deleted()),
        ("users_erase_at_idx", &["erase_at"], deleted()),
        (
            "users_disabled_until_idx",
            &["disabled_until"],
            Expr::col("disabled_until").is_not_null(),
        ),
        ("users_unsearched_idx", &["id"], Expr::col("search").is_null()),
    ]
}

/// Text in the order of its code points on both databases, whatever language the server speaks.
fn plain(name: &'static str, backend: DbBackend) -> ColumnDef {
    match backend {
        DbBackend::Sqlite => text(name),
        _ => custom(name, "text collate \"C\""),
    }
}
