//! Tenants, who belongs to them, and who is invited.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, blob, json, pk_uuid, string_len, text, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        organizations(schema).await?;
        memberships(schema).await?;
        invitations(schema).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for table in ["invitations", "memberships", "organizations"] {
            schema.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

async fn organizations(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let organizations = Table::create()
        .table("organizations")
        .col(pk_uuid("id"))
        .col(text("name"))
        .col(string_len("slug", 64))
        .col(string_len("slug_skeleton", 128))
        .col(big_integer("version"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .col(timestamp_with_time_zone_null("deleted_at"))
        .to_owned();
    schema.create_table(organizations).await?;
    let live = Index::create()
        .name("organizations_slug_skeleton_key")
        .table("organizations")
        .col("slug_skeleton")
        .unique()
        .and_where(Expr::col("deleted_at").is_null())
        .to_owned();
    schema.create_index(live).await?;
    let gone = Index::create()
        .name("organizations_deleted_at_idx")
        .table("organizations")
        .col("deleted_at")
        .and_where(Expr::col("deleted_at").is_not_null())
        .to_owned();
    schema.create_index(gone).await
}

async fn memberships(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let memberships = Table::create()
        .table("memberships")
        .col(pk_uuid("id"))
        .col(uuid("organization_id"))
        .col(uuid("user_id"))
        .col(big_integer("version"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .to_owned();
    schema.create_table(memberships).await?;
    let once = Index::create()
        .name("memberships_organization_id_user_id_key")
        .table("memberships")
        .col("organization_id")
        .col("user_id")
        .unique()
        .to_owned();
    schema.create_index(once).await?;
    for column in ["organization_id", "user_id"] {
        let index = Index::create()
            .name(format!("memberships_{column}_id_idx"))
            .table("memberships")
            .col(column)
            .col("id")
            .to_owned();
        schema.create_index(index).await?;
    }
    Ok(())
}

async fn invitations(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let invitations = Table::create()
        .table("invitations")
        .col(pk_uuid("id"))
        .col(uuid("organization_id"))
        .col(text("email"))
        .col(text("email_canonical"))
        .col(json("roles"))
        .col(string_len("state", 16))
        .col(blob("token_hash"))
        .col(uuid("invited_by"))
        .col(timestamp_with_time_zone("expires_at"))
        .col(big_integer("mails"))
        .col(timestamp_with_time_zone("mailed_at"))
        .col(big_integer("version"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .to_owned();
    schema.create_table(invitations).await?;
    let token = Index::create()
        .name("invitations_token_hash_key")
        .table("invitations")
        .col("token_hash")
        .unique()
        .to_owned();
    schema.create_index(token).await?;
    let pending = Index::create()
        .name("invitations_organization_id_email_canonical_key")
        .table("invitations")
        .col("organization_id")
        .col("email_canonical")
        .unique()
        .and_where(Expr::col("state").eq("pending"))
        .to_owned();
    schema.create_index(pending).await?;
    for (column, then) in [
        ("organization_id", "id"),
        ("organization_id", "mailed_at"),
        ("email_canonical", "id"),
    ] {
        let index = Index::create()
            .name(format!("invitations_{column}_{then}_idx"))
            .table("invitations")
            .col(column)
            .col(then)
            .to_owned();
        schema.create_index(index).await?;
    }
    Ok(())
}
