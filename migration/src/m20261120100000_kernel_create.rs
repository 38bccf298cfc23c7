//! The ground's own books: what replicas forget, jobs, and when periodic jobs last ran.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{
        blob, integer, pk_uuid, string, string_len, text, text_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let invalidations = Table::create()
            .table("cache_invalidations")
            .col(pk_uuid("id"))
            .col(string("cache"))
            .col(string("key"))
            .col(timestamp_with_time_zone("created_at"))
            .to_owned();
        schema.create_table(invalidations).await?;
        let recent = Index::create()
            .name("cache_invalidations_created_at_idx")
            .table("cache_invalidations")
            .col("created_at")
            .to_owned();
        schema.create_index(recent).await?;

        let jobs = Table::create()
            .table("jobs")
            .col(pk_uuid("id"))
            .col(string("kind"))
            .col(uuid("organization_id"))
            .col(text("unique_key"))
            .col(blob("payload"))
            .col(string_len("state", 16))
            .col(integer("attempts"))
            .col(integer("most_attempts"))
            .col(timestamp_with_time_zone("run_at"))
            .col(uuid_null("lease_id"))
            .col(timestamp_with_time_zone_null("lease_until"))
            .col(text_null("last_error"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("updated_at"))
            .to_owned();
        schema.create_table(jobs).await?;
        let due = Index::create()
            .name("jobs_state_organization_id_run_at_id_idx")
            .table("jobs")
            .col("state")
            .col("organization_id")
            .col("run_at")
            .col("id")
            .to_owned();
        schema.create_index(due).await?;
        let unique = Index::create()
            .name("jobs_kind_unique_key_key")
            .table("jobs")
            .col("kind")
            .col("unique_key")
            .unique()
            .and_where(Expr::col("unique_key").ne("").and(Expr::col("state").ne("dead")))
            .to_owned();
        schema.create_index(unique).await?;

        let schedules = Table::create()
            .table("job_schedules")
            .col(string("kind").primary_key())
            .col(timestamp_with_time_zone("fired_at"))
            .to_owned();
        schema.create_table(schedules).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for table in ["job_schedules", "jobs", "cache_invalidations"] {
            schema.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
