//! What the log says of a person is found without a look at what it says of others: for their archive.

use async_trait::async_trait;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for (column, holds) in indexes() {
            let mut index = Index::create();
            index.name(name(column)).table("audit_log").col(column).col("id").and_where(holds);
            schema.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for (column, _) in indexes() {
            let index = Index::drop().name(name(column)).table("audit_log").to_owned();
            schema.drop_index(index).await?;
        }
        Ok(())
    }
}

/// Only of people: what is done by the house itself, and to other things, is not in them.
fn indexes() -> [(&'static str, Expr); 3] {
    [
        ("actor_id", Expr::col("actor_type").eq("user")),
        ("target_id", Expr::col("target_type").eq("user")),
        ("person_id", Expr::col("personal").is_not_null()),
    ]
}

fn name(column: &str) -> String {
    format!("audit_log_{column}_id_idx")
}
