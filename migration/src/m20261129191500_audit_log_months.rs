//! Every filter of the audit log gets its index; on PostgreSQL the log becomes a table of monthly
//! partitions. What is there stays where it is, as the partition of all that was before.
//!
//! An id is of version 7, so a month is a span of ids. The last partition has no end, so that no entry
//! is ever refused; there is no default one, for then no list could go through the partitions in their
//! order. The primary key begins with the organization: of two indexes the planner would rather take
//! one by the id alone, and look through everybody's entries for those of one organization. The
//! function that makes months runs as who owns the tables: a server that serves need not be allowed to
//! make any.

use std::fmt::Write;

use async_trait::async_trait;
use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The indexes that stay: how they are called, and their columns.
const INDEXES: [(&str, &str); 3] = [
    ("organization_id_actor_id_id_idx", "organization_id, actor_id, id"),
    ("organization_id_target_id_id_idx", "organization_id, target_id, id"),
    ("organization_id_action_id_idx", "organization_id, action, id"),
];

/// The least id of an instant, the instant of an id, the month of an instant; and the partitions of
/// this month and some ahead, cut off the last one. Where entries lie in that already, it ends behind
/// them and stays as it is.
const FUNCTIONS: &str = "
create function audit_log_first_id(at timestamptz) returns uuid language sql immutable as $$
    select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;
create function audit_log_instant(id uuid) returns timestamptz language sql immutable as $$
    select to_timestamp(
        ('x' || substr(replace(id::text, '-', ''), 1, 12))::bit(48)::bigint / 1000.0)
$$;
create function audit_log_month(at timestamptz, ahead integer) returns timestamptz
language sql immutable as $$
    select (date_trunc('month', at at time zone 'UTC') + make_interval(months => ahead))
        at time zone 'UTC'
$$;
create function audit_log_make_part(part text, lowest text, highest text) returns void
language plpgsql as $$
begin
    execute format('create table %I (like audit_log including defaults including indexes)', part);
    execute format('alter table audit_log attach partition %I for values from (%s) to (%s)',
        part, lowest, highest);
    if to_regproc('audit_log_refuse') is not null then
        execute format('create trigger audit_log_no_truncate before truncate on %I
            for each statement execute function audit_log_refuse()', part);
    end if;
end $$;
create function audit_log_make_months(at timestamptz, ahead integer) returns integer
language plpgsql security definer set lock_timeout = '2s' as $$
declare
    made integer := 0;
    month timestamptz;
    newest uuid;
    part text;
begin
    select audit_log_month(audit_log_instant(
            (regexp_match(pg_get_expr(relpartbound, oid), 'FROM \\(''([^'']+)''\\)'))[1]::uuid), 0)
        into month from pg_class where oid = 'audit_log_after'::regclass;
    if month > audit_log_month(at, ahead) then
        return 0;
    end if;
    lock table audit_log in access exclusive mode;
    select id into newest from audit_log_after order by id desc limit 1;
    if newest is null then
        drop table audit_log_after;
    else
        part := 'audit_log_until_'
            || to_char(audit_log_instant(newest) at time zone 'UTC', 'YYYY_MM');
        alter table audit_log detach partition audit_log_after;
        execute format('alter table audit_log_after rename to %I', part);
        execute format('alter table audit_log attach partition %I for values from (%L) to (%L)',
            part, audit_log_first_id(month),
            audit_log_first_id(audit_log_month(audit_log_instant(newest), 1)));
        month := audit_log_month(audit_log_instant(newest), 1);
        made := 1;
    end if;
    while month <= audit_log_month(at, ahead) loop
        part := 'audit_log_' || to_char(month at time zone 'UTC', 'YYYY_MM');
        perform audit_log_make_part(part, quote_literal(audit_log_first_id(month)),
            quote_literal(audit_log_first_id(audit_log_month(month, 1))));
        month := audit_log_month(month, 1);
        made := made + 1;
    end loop;
    perform audit_log_make_part('audit_log_after', quote_literal(audit_log_first_id(month)),
        'maxvalue');
    return made;
end $$;
do $$ begin
    execute format('alter function audit_log_make_months(timestamptz, integer)
        set search_path = %I, pg_temp', current_schema());
end $$;
revoke execute on function audit_log_make_months(timestamptz, integer) from public";

/// What is there becomes the first partition: of this month too, and of whatever is newer already.
const ATTACH: &str = "do $$
    declare
        newest uuid := (select id from audit_log_before order by id desc limit 1);
        until timestamptz := audit_log_month(greatest(now(), audit_log_instant(newest)), 1);
    begin
        execute format('alter table audit_log attach partition audit_log_before
            for values from (minvalue) to (%L)', audit_log_first_id(until));
        perform audit_log_make_part('audit_log_after', quote_literal(audit_log_first_id(until)),
            'maxvalue');
    end $$";

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        let postgres = schema.get_database_backend() == DbBackend::Postgres;
        if postgres {
            schema.get_connection().execute_unprepared(&divided()).await?;
        }
        for column in ["target_type", "outcome"] {
            let mut index = Index::create();
            index.name(format!("audit_log_organization_id_{column}_id_idx")).table("audit_log");
            index.col("organization_id").col(column).col("id");
            schema.create_index(index).await?;
        }
        if postgres {
            schema.get_connection().execute_unprepared(ATTACH).await?;
        }
        Ok(())
    }

    async fn down(&self, schema: &SchemaManager) -> Result<(), DbErr> {
        if schema.get_database_backend() == DbBackend::Postgres {
            schema.get_connection().execute_unprepared(&merged()).await?;
            return Ok(());
        }
        for column in ["target_type", "outcome"] {
            let mut index = Index::drop();
            index.name(format!("audit_log_organization_id_{column}_id_idx")).table("audit_log");
            schema.drop_index(index).await?;
        }
        Ok(())
    }
}

/// The table aside, and one to be divided in its place.
fn divided() -> String {
    let mut steps = format!(
        "{FUNCTIONS};
        drop index audit_log_organization_id_id_idx;
        alter table audit_log rename to audit_log_before;
        alter table audit_log_before drop constraint audit_log_pkey;
        alter table audit_log_before add primary key (organization_id, id);
        create table audit_log
            (like audit_log_before including defaults, primary key (organization_id, id))
            partition by range (id);"
    );
    for (name, columns) in INDEXES {
        let _ = write!(
            steps,
            "alter index audit_log_{name} rename to audit_log_before_{name};
            create index audit_log_{name} on audit_log ({columns});"
        );
    }
    steps
}

/// One table again, with everything that is in the partitions.
fn merged() -> String {
    let mut steps = "
        create table audit_log_whole (like audit_log including defaults);
        insert into audit_log_whole select * from audit_log;
        drop table audit_log;
        alter table audit_log_whole rename to audit_log;
        alter table audit_log add constraint audit_log_pkey primary key (id);
        create index audit_log_organization_id_id_idx on audit_log (organization_id, id);
        drop function audit_log_make_months(timestamptz, integer);
        drop function audit_log_make_part(text, text, text);
        drop function audit_log_month(timestamptz, integer);
        drop function audit_log_instant(uuid);
        drop function audit_log_first_id(timestamptz);"
        .to_owned();
    for (name, columns) in INDEXES {
        let _ = write!(steps, "create index audit_log_{name} on audit_log ({columns});");
    }
    steps
}
