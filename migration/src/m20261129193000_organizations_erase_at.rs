//! When a deleted organization is erased is said once, when it is deleted.

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm_migration::{
    prelude::*,
    schema::timestamp_with_time_zone_null,
    sea_orm::{ConnectionTrait, prelude::Json},
};
use uuid::Uuid;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let column = timestamp_with_time_zone_null("erase_at");
        let table = Table::alter().table("organizations").add_column(column).to_owned();
        schema.alter_table(table).await?;
        fix(schema.get_connection()).await?;
        exchange_index(schema, "deleted_at", "erase_at").await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        exchange_index(schema, "erase_at", "deleted_at").await?;
        let table = Table::alter().table("organizations").drop_column("erase_at").to_owned();
        schema.alter_table(table).await
    }
}

/// Those that are deleted already are erased when they would have been.
async fn fix(database: &impl ConnectionTrait) -> Result<(), DbErr> {
    let kept = kept(database).await?;
    let mut deleted = Query::select();
    deleted.columns(["id", "deleted_at"]).from("organizations");
    deleted.and_where(Expr::col("deleted_at").is_not_null());
    for row in database.query_all(&deleted).await? {
        let (id, deleted_at): (Uuid, DateTime<Utc>) =
            (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let mut update = Query::update();
        update.table("organizations").value("erase_at", deleted_at + kept);
        update.and_where(Expr::col("id").eq(id));
        database.execute(&update).await?;
    }
    Ok(())
}

/// How long deleted organizations are kept so far: what the platform has set, else 30 days.
async fn kept(database: &impl ConnectionTrait) -> Result<TimeDelta, DbErr> {
    let mut set = Query::select();
    set.column("value").from("settings");
    set.and_where(Expr::col("key").eq("organizations.deleted_days"));
    let value: Option<Json> =
        database.query_one(&set).await?.map(|row| row.try_get_by_index(0)).transpose()?.flatten();
    let days = value.and_then(|it| it.as_i64()).filter(|it| (1..=365).contains(it));
    Ok(TimeDelta::days(days.unwrap_or(30)))
}

/// The index by which the job finds those that are due.
async fn exchange_index(
    schema: &SchemaManager<'_>,
    old: &'static str,
    new: &'static str,
) -> Result<(), DbErr> {
    let name = |column| format!("organizations_{column}_idx");
    let gone = Index::drop().name(name(old)).table("organizations").to_owned();
    schema.drop_index(gone).await?;
    let index = Index::create()
        .name(name(new))
        .table("organizations")
        .col(new)
        .and_where(Expr::col(new).is_not_null())
        .to_owned();
    schema.create_index(index).await
}
