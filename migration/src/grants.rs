//! What the role that serves may do, where another one owns the tables.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement},
};

use crate::run::{LOCK, connect};

/// Least privilege (ASVS 13.2.2): the role serves, and neither changes the schema nor what the audit log
/// has written down. What only grows is told by its own guard, and a partition is reached through its
/// whole.
const GRANTS: &str = "do $grants$
    declare
        serving text := '{role}';
        it record;
    begin
        execute format('grant usage on schema %I to %I', current_schema(), serving);
        for it in
            select oid::regclass as name, relispartition as part,
                relname = 'seaql_migrations' as books,
                exists (select 1 from pg_trigger where tgrelid = pg_class.oid
                    and tgname = 'audit_log_no_update') as grows
            from pg_class
            where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p')
        loop
            execute format('revoke all on %s from %I', it.name, serving);
            continue when it.part;
            execute format('grant select on %s to %I', it.name, serving);
            continue when it.books;
            execute format('grant insert on %s to %I', it.name, serving);
            continue when it.grows;
            execute format('grant update, delete on %s to %I', it.name, serving);
        end loop;
        for it in
            select oid::regprocedure as name from pg_proc
            where pronamespace = current_schema()::regnamespace and prosecdef
        loop
            execute format('grant execute on function %s to %I', it.name, serving);
        end loop;
    end $grants$";

/// Lets the role of `serving` do what a server needs, and no more, with what the role of `owner` has
/// made; nothing where they are one.
pub async fn grant(owner: &str, serving: &str) -> Result<(), DbErr> {
    let connection = connect(serving).await?;
    let role = role(&connection).await;
    connection.close().await?;
    let role = role?;
    let connection = connect(owner).await?;
    let granted = grant_to(&connection, &role).await;
    connection.close().await?;
    granted
}

async fn grant_to(connection: &DatabaseConnection, serving: &str) -> Result<(), DbErr> {
    if role(connection).await? == serving {
        return Ok(());
    }
    // Two who grant the same at once would be in one another's way.
    connection.execute_unprepared(&format!("select pg_advisory_lock({LOCK})")).await?;
    let sql = GRANTS.replace("{role}", &serving.replace('\'', "''"));
    let granted = connection.execute_unprepared(&sql).await;
    connection.execute_unprepared(&format!("select pg_advisory_unlock({LOCK})")).await?;
    granted.map(drop)
}

async fn role(connection: &DatabaseConnection) -> Result<String, DbErr> {
    let ask = Statement::from_sql_and_values(DbBackend::Postgres, "select current_user::text", []);
    let row = connection.query_one_raw(ask).await?;
    row.ok_or(DbErr::RecordNotFound("the role".into()))?.try_get_by_index(0)
}
