//! Many people who are signed in, members of one organization, made past the API: it would take minutes.
//! `tests/bench` has them too.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, prelude::Uuid};
use sha2::{Digest, Sha256};

/// Where tickets of these people are good.
pub const WS: &str = "/api/v1/notifications/ws";

/// Makes so many of them, who are like the account of this address, and answers a ticket of each with
/// which they listen.
pub async fn crowd(
    database: &DatabaseConnection,
    email: &str,
    organization: &str,
    size: usize,
) -> Vec<String> {
    let organization: Uuid = organization.parse().unwrap();
    let (users, sessions) = (columns(database, "users").await, columns(database, "sessions").await);
    let members = columns(database, "memberships").await;
    let backend = database.get_database_backend();
    let literal = |id: Uuid| match backend {
        DbBackend::Postgres => format!("'{id}'::uuid"),
        _ => format!("x'{}'", id.simple()),
    };
    let model = format!("(select id from users where email = '{email}')");
    let place = literal(organization);
    database.execute_unprepared("begin").await.unwrap();
    let mut tickets = Vec::new();
    for number in 0..size {
        let [user, session, member] = [0x10, 0x20, 0x30].map(|kind| {
            literal(Uuid::from_u128(
                (0x0190_0000_0000_7000_8000_0000_0000_0000 + (kind << 32))
                    | u128::try_from(number).unwrap(),
            ))
        });
        let address = format!("'listener-{number}@example.com'");
        let (address, user) = (address.as_str(), user.as_str());
        let statements = [
            copy(
                "users",
                &users,
                &format!("email = '{email}'"),
                &[("id", user), ("email", address), ("email_canonical", address)],
            ),
            copy(
                "sessions",
                &sessions,
                &format!("id = (select id from sessions where user_id = {model} limit 1)"),
                &[("id", &session), ("user_id", user)],
            ),
            copy(
                "memberships",
                &members,
                &format!("organization_id = {place} and user_id = {model}"),
                &[("id", &member), ("user_id", user)],
            ),
        ];
        let ticket = format!("ticket-{number}");
        let hash = Sha256::digest(&ticket);
        let hash = hash.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        let hash = match backend {
            DbBackend::Postgres => format!("'\\x{hash}'::bytea"),
            _ => format!("x'{hash}'"),
        };
        let told = format!(
            "insert into tickets (hash, user_id, session_id, path, origin, used, created_at) \
             select {hash}, user_id, id, '{WS}', '', true, created_at from sessions where id = {session}"
        );
        for sql in statements.into_iter().chain([told]) {
            database.execute_unprepared(&sql).await.unwrap();
        }
        tickets.push(ticket);
    }
    database.execute_unprepared("commit").await.unwrap();
    tickets
}

/// A copy of a row, but for these columns.
fn copy(table: &str, columns: &[String], which: &str, other: &[(&str, &str)]) -> String {
    let value = |column: &String| {
        let other = other.iter().find(|(name, _)| name == column);
        other.map_or_else(|| column.clone(), |(_, value)| (*value).to_owned())
    };
    let values = columns.iter().map(value).collect::<Vec<_>>().join(", ");
    let columns = columns.join(", ");
    format!("insert into {table} ({columns}) select {values} from {table} where {which}")
}

async fn columns(database: &DatabaseConnection, table: &str) -> Vec<String> {
    let backend = database.get_database_backend();
    let sql = match backend {
        DbBackend::Postgres => format!(
            "select column_name::text from information_schema.columns where table_name = '{table}' \
             and table_schema = 'public' and is_generated = 'NEVER'"
        ),
        _ => format!("select name from pragma_table_info('{table}')"),
    };
    let rows = database.query_all_raw(Statement::from_sql_and_values(backend, sql, [])).await;
    rows.unwrap().iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}
