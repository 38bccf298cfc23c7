//! Roles of one's own, and who has which: on the platform and in organizations.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, boolean, json, pk_uuid, string_len, text, timestamp_with_time_zone, uuid,
    },
    sea_orm::prelude::{Json, Uuid},
};

/// The id of the platform's `administrator`; the platform is the nil organization.
const ADMINISTRATOR: Uuid = Uuid::from_u128(0x019a_9f4e_5d00_7000_8000_0000_0000_0001);
const PLATFORM: Uuid = Uuid::nil();

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let roles = Table::create()
            .table("roles")
            .col(pk_uuid("id"))
            .col(uuid("organization_id"))
            .col(string_len("key", 64))
            .col(text("name"))
            .col(text("description"))
            .col(json("permissions"))
            .col(boolean("system"))
            .col(big_integer("version"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("updated_at"))
            .to_owned();
        schema.create_table(roles).await?;
        let key = Index::create()
            .name("roles_organization_id_key_key")
            .table("roles")
            .col("organization_id")
            .col("key")
            .unique()
            .to_owned();
        schema.create_index(key).await?;

        let assignments = Table::create()
            .table("role_assignments")
            .col(uuid("organization_id"))
            .col(uuid("user_id"))
            .col(uuid("role_id"))
            .col(timestamp_with_time_zone("created_at"))
            .primary_key(Index::create().col("organization_id").col("user_id").col("role_id"))
            .to_owned();
        schema.create_table(assignments).await?;
        for column in ["user_id", "role_id"] {
            let index = Index::create()
                .name(format!("role_assignments_{column}_idx"))
                .table("role_assignments")
                .col(column)
                .to_owned();
            schema.create_index(index).await?;
        }
        administrators(schema).await?;
        schema.drop_table(Table::drop().table("platform_role_assignments").to_owned()).await
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let assignments = Table::create()
            .table("platform_role_assignments")
            .col(uuid("user_id"))
            .col(string_len("role", 64))
            .col(timestamp_with_time_zone("created_at"))
            .primary_key(Index::create().col("user_id").col("role"))
            .to_owned();
        schema.create_table(assignments).await?;
        let mut kept = Query::select();
        kept.column("user_id")
            .expr(Expr::val("administrator"))
            .column("created_at")
            .from("role_assignments")
            .and_where(Expr::col("role_id").eq(ADMINISTRATOR));
        let mut back = Query::insert();
        back.into_table("platform_role_assignments").columns(["user_id", "role", "created_at"]);
        back.select_from(kept).map_err(|error| DbErr::Migration(error.to_string()))?;
        schema.execute(back).await?;
        for table in ["role_assignments", "roles"] {
            schema.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

/// The one system role of the platform, and those who had it.
async fn administrators(schema: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut role = Query::insert();
    role.into_table("roles").columns([
        "id",
        "organization_id",
        "key",
        "name",
        "description",
        "permissions",
        "system",
        "version",
        "created_at",
        "updated_at",
    ]);
    let now = Expr::current_timestamp;
    role.values_panic([
        ADMINISTRATOR.into(),
        PLATFORM.into(),
        "administrator".into(),
        "Administrator".into(),
        "May do everything on the platform.".into(),
        Json::Array(Vec::new()).into(),
        true.into(),
        1.into(),
        now(),
        now(),
    ]);
    schema.execute(role).await?;
    let mut had = Query::select();
    had.expr(Expr::val(PLATFORM))
        .column("user_id")
        .expr(Expr::val(ADMINISTRATOR))
        .column("created_at")
        .from("platform_role_assignments")
        .and_where(Expr::col("role").eq("administrator"));
    let mut have = Query::insert();
    have.into_table("role_assignments").columns([
        "organization_id",
        "user_id",
        "role_id",
        "created_at",
    ]);
    have.select_from(had).map_err(|error| DbErr::Migration(error.to_string()))?;
    schema.execute(have).await
}
