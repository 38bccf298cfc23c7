//! The audit log only grows: the database itself refuses to change a row of it, or to remove one – but
//! for entries at or below an anchor, which says, signed, what the log was up to there.

use std::fmt::Write;

use async_trait::async_trait;
use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// What only grows, and what tells its rows apart.
const GROWING: [(&str, &[&str]); 5] = [
    ("audit_log", &["id"]),
    ("audit_log_seals", &["organization_id", "seq"]),
    ("audit_log_nodes", &["organization_id", "level", "position"]),
    ("audit_log_checkpoints", &["organization_id", "size"]),
    ("audit_log_anchors", &["organization_id", "size"]),
];

/// Whether an entry is at or below an anchor.
const ANCHORED: &str = "exists (select 1 from audit_log_seals seal join audit_log_anchors anchor \
     on anchor.organization_id = seal.organization_id and anchor.size >= seal.seq \
     where seal.entry_id = old.id and seal.organization_id = old.organization_id)";

/// The functions that remove what is anchored run as who owns the tables, for a server that serves need
/// not be allowed to remove anything. Months go from the oldest on, as long as all their entries are
/// anchored; what was before is one partition again then, and stays empty.
const REMOVING: &str = "
create function audit_log_prune(place uuid, older uuid, anchor bigint, most integer) returns bigint
language plpgsql security definer as $$
declare
    gone bigint;
begin
    delete from audit_log gone using (
        select entry.id from audit_log entry join audit_log_seals seal
            on seal.entry_id = entry.id and seal.organization_id = entry.organization_id
        where entry.organization_id = place and entry.id < older and seal.seq <= anchor
        order by entry.id limit most) old
    where gone.organization_id = place and gone.id = old.id;
    get diagnostics gone = row_count;
    return gone;
end $$;
create function audit_log_drop_months(older uuid) returns integer
language plpgsql security definer set lock_timeout = '2s' as $$
declare
    part record;
    doomed regclass[] := '{}';
    last uuid;
    kept boolean;
    filled boolean;
    wanted boolean := false;
begin
    for part in
        select it.oid::regclass as name, it.relname,
            (regexp_match(pg_get_expr(it.relpartbound, it.oid), 'TO \\(''([^'']+)''\\)'))[1]::uuid
                as until
        from pg_inherits join pg_class it on it.oid = inhrelid
        where inhparent = 'audit_log'::regclass order by until
    loop
        exit when part.until is null or part.until > older;
        execute format('select exists (select 1 from %s), exists (select 1 from %s entry
            where not exists (select 1 from audit_log_seals seal join audit_log_anchors anchor
                on anchor.organization_id = seal.organization_id and anchor.size >= seal.seq
                where seal.entry_id = entry.id and seal.organization_id = entry.organization_id))',
            part.name, part.name) into filled, kept;
        exit when kept;
        doomed := doomed || part.name;
        last := part.until;
        wanted := wanted or filled or part.relname <> 'audit_log_before';
    end loop;
    if not wanted then
        return 0;
    end if;
    for part in select unnest(doomed) as name loop
        execute format('drop table %s', part.name);
    end loop;
    perform audit_log_make_part('audit_log_before', 'minvalue', quote_literal(last));
    return cardinality(doomed);
end $$;
do $$ declare name text; begin
    foreach name in array array['audit_log_prune(uuid, uuid, bigint, integer)',
        'audit_log_drop_months(uuid)'] loop
        execute format('alter function %s set search_path = %I, pg_temp', name, current_schema());
        execute format('revoke execute on function %s from public', name);
    end loop;
end $$;";

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let guards = match schema.get_database_backend() {
            DbBackend::Sqlite => sqlite(),
            _ => postgres(),
        };
        schema.get_connection().execute_unprepared(&guards).await?;
        Ok(())
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let mut steps = String::new();
        for (table, _) in GROWING {
            let of = match schema.get_database_backend() {
                DbBackend::Sqlite => {
                    for what in ["update", "delete", "replace"] {
                        let _ = write!(steps, "drop trigger {table}_no_{what};");
                    }
                    continue;
                }
                _ => table,
            };
            for what in ["update", "delete", "truncate"] {
                let _ = write!(steps, "drop trigger audit_log_no_{what} on {of};");
            }
        }
        if schema.get_database_backend() == DbBackend::Postgres {
            steps.push_str(
                "do $$ declare part regclass; begin
                    for part in select inhrelid from pg_inherits
                        where inhparent = 'audit_log'::regclass loop
                        execute format('drop trigger audit_log_no_truncate on %s', part);
                    end loop;
                end $$;
                drop function audit_log_drop_months(uuid);
                drop function audit_log_prune(uuid, uuid, bigint, integer);
                drop function audit_log_keep();
                drop function audit_log_refuse();",
            );
        }
        schema.get_connection().execute_unprepared(&steps).await?;
        Ok(())
    }
}

fn postgres() -> String {
    let mut steps = format!(
        "create function audit_log_refuse() returns trigger language plpgsql as $$ begin
            raise exception 'the audit log only grows: no % of %', lower(tg_op), tg_table_name
                using errcode = 'restrict_violation';
        end $$;
        create function audit_log_keep() returns trigger language plpgsql as $$ begin
            if {ANCHORED} then
                return old;
            end if;
            raise exception 'the audit log only grows: no % of %', lower(tg_op), tg_table_name
                using errcode = 'restrict_violation';
        end $$;"
    );
    for (table, _) in GROWING {
        let delete = if table == "audit_log" { "keep" } else { "refuse" };
        let _ = write!(
            steps,
            "create trigger audit_log_no_update before update on {table}
                for each row execute function audit_log_refuse();
            create trigger audit_log_no_delete before delete on {table}
                for each row execute function audit_log_{delete}();
            create trigger audit_log_no_truncate before truncate on {table}
                for each statement execute function audit_log_refuse();"
        );
    }
    // Partitions get the triggers of rows by themselves, and that of statements where they are made.
    steps.push_str(
        "do $$ declare part regclass; begin
            for part in select inhrelid from pg_inherits
                where inhparent = 'audit_log'::regclass loop
                execute format('create trigger audit_log_no_truncate before truncate on %s
                    for each statement execute function audit_log_refuse()', part);
            end loop;
        end $$;",
    );
    steps + REMOVING
}

/// `insert or replace` removes rows without a word to the triggers of removal, so that is refused too.
fn sqlite() -> String {
    let mut steps = String::new();
    let refuse = "begin select raise(abort, 'the audit log only grows'); end;";
    for (table, key) in GROWING {
        let kept = if table == "audit_log" { format!("when not {ANCHORED}") } else { String::new() };
        let same: Vec<_> = key.iter().map(|column| format!("{column} = new.{column}")).collect();
        let _ = write!(
            steps,
            "create trigger {table}_no_update before update on {table} {refuse}
            create trigger {table}_no_delete before delete on {table} {kept} {refuse}
            create trigger {table}_no_replace before insert on {table}
                when exists (select 1 from {table} where {}) {refuse}",
            same.join(" and ")
        );
    }
    steps
}
