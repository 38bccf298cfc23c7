//! Jobs tell how far they are, and can be cancelled: one that is holds no key any more.

use async_trait::async_trait;
use sea_orm_migration::{prelude::*, schema::big_integer_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

const UNIQUE: &str = "jobs_kind_unique_key_key";

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds and drops one column at a time.
        for column in ["progress_done", "progress_total"] {
            let column = big_integer_null(column);
            let jobs = Table::alter().table("jobs").add_column(column).to_owned();
            schema.alter_table(jobs).await?;
        }
        let open = Expr::col("state").is_in(["ready", "running"]);
        unique_among(schema, open).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let mut cancelled = Query::delete();
        cancelled.from_table("jobs").and_where(Expr::col("state").eq("cancelled"));
        schema.get_connection().execute(&cancelled).await?;
        unique_among(schema, Expr::col("state").ne("dead")).await?;
        for column in ["progress_total", "progress_done"] {
            let jobs = Table::alter().table("jobs").drop_column(column).to_owned();
            schema.alter_table(jobs).await?;
        }
        Ok(())
    }
}

async fn unique_among(schema: &SchemaManager<'_>, those: SimpleExpr) -> Result<(), DbErr> {
    schema.drop_index(Index::drop().name(UNIQUE).table("jobs").to_owned()).await?;
    let unique = Index::create()
        .name(UNIQUE)
        .table("jobs")
        .col("kind")
        .col("unique_key")
        .unique()
        .and_where(Expr::col("unique_key").ne("").and(those))
        .to_owned();
    schema.create_index(unique).await
}
