//! What proves the log: seals, the tree over them, its signed heads, and the keys that sign them. An
//! entry waits in a queue of its own until it is sealed; the database puts it there, so that nobody
//! can forget to.

use async_trait::async_trait;
use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, blob, pk_uuid, small_integer, text, timestamp_with_time_zone, uuid,
    },
    sea_orm::DbBackend,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        for table in [
            waiting(),
            seals(),
            nodes(),
            chains(),
            signed("audit_log_checkpoints"),
            signed("audit_log_anchors"),
            keys(),
        ] {
            schema.create_table(table).await?;
        }
        let entry = Index::create()
            .name("audit_log_seals_entry_id_key")
            .table("audit_log_seals")
            .col("entry_id")
            .unique()
            .to_owned();
        let waiting = Index::create()
            .name("audit_log_unsealed_organization_id_idx")
            .table("audit_log_unsealed")
            .col("organization_id")
            .to_owned();
        let unsigned = Index::create()
            .name("audit_log_chains_signed_at_idx")
            .table("audit_log_chains")
            .col("signed_at")
            .and_where(Expr::col("signed_size").lt(Expr::col("size")))
            .to_owned();
        for index in [entry, waiting, unsigned] {
            schema.create_index(index).await?;
        }

        let database = schema.get_connection();
        let triggers: &[&str] = match schema.get_database_backend() {
            DbBackend::Sqlite => &["create trigger audit_log_queue after insert on audit_log begin \
                 insert into audit_log_unsealed (entry_id, organization_id, created_at) \
                 values (new.id, new.organization_id, new.created_at); end"],
            _ => &[
                "create function audit_log_queue() returns trigger language plpgsql as $$ begin \
                 insert into audit_log_unsealed (entry_id, organization_id, created_at) \
                 values (new.id, new.organization_id, new.created_at); return null; end $$",
                "create trigger audit_log_queue after insert on audit_log \
                 for each row execute function audit_log_queue()",
            ],
        };
        for trigger in triggers {
            database.execute_unprepared(trigger).await?;
        }
        let old = "insert into audit_log_unsealed (entry_id, organization_id, created_at) \
                   select id, organization_id, created_at from audit_log";
        database.execute_unprepared(old).await?;
        Ok(())
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let triggers: &[&str] = match schema.get_database_backend() {
            DbBackend::Sqlite => &["drop trigger audit_log_queue"],
            _ => &["drop trigger audit_log_queue on audit_log", "drop function audit_log_queue()"],
        };
        for trigger in triggers {
            schema.get_connection().execute_unprepared(trigger).await?;
        }
        for table in [
            "audit_log_signing_keys",
            "audit_log_anchors",
            "audit_log_checkpoints",
            "audit_log_chains",
            "audit_log_nodes",
            "audit_log_seals",
            "audit_log_unsealed",
        ] {
            schema.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

fn waiting() -> TableCreateStatement {
    Table::create()
        .table("audit_log_unsealed")
        .col(pk_uuid("entry_id"))
        .col(uuid("organization_id"))
        .col(timestamp_with_time_zone("created_at"))
        .to_owned()
}

fn seals() -> TableCreateStatement {
    Table::create()
        .table("audit_log_seals")
        .col(uuid("organization_id"))
        .col(big_integer("seq"))
        .col(uuid("entry_id"))
        .col(blob("hash"))
        .primary_key(Index::create().col("organization_id").col("seq"))
        .to_owned()
}

/// Roots of complete subtrees of 8, 64, 512 … leaves, each by its place among its like.
fn nodes() -> TableCreateStatement {
    Table::create()
        .table("audit_log_nodes")
        .col(uuid("organization_id"))
        .col(small_integer("level"))
        .col(big_integer("position"))
        .col(blob("hash"))
        .primary_key(Index::create().col("organization_id").col("level").col("position"))
        .to_owned()
}

/// How far each organization's log is sealed, and signed.
fn chains() -> TableCreateStatement {
    Table::create()
        .table("audit_log_chains")
        .col(pk_uuid("organization_id"))
        .col(big_integer("size"))
        .col(blob("hash"))
        .col(blob("peaks"))
        .col(big_integer("signed_size"))
        .col(timestamp_with_time_zone("signed_at"))
        .to_owned()
}

/// What was signed of logs at some size: that they were so, or that as much may be gone.
fn signed(table: &'static str) -> TableCreateStatement {
    Table::create()
        .table(table)
        .col(uuid("organization_id"))
        .col(big_integer("size"))
        .col(blob("root"))
        .col(text("note"))
        .col(timestamp_with_time_zone("created_at"))
        .primary_key(Index::create().col("organization_id").col("size"))
        .to_owned()
}

fn keys() -> TableCreateStatement {
    Table::create()
        .table("audit_log_signing_keys")
        .col(pk_uuid("id"))
        .col(blob("secret"))
        .col(blob("public"))
        .col(timestamp_with_time_zone("created_at"))
        .to_owned()
}
