//! The audit log on a database of its own, with nothing above it.
#![recursion_limit = "256"]
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "what helps a test may end it")]

mod api;
mod export;
mod guards;
mod integration;
mod length;
mod logs;
mod offline;
mod organizations;
mod proofs;
mod refusals;
mod retention;
mod seals;
mod tampering;

use audit_log::{AuditEntryOut, Audited, Entry, Error, Target, erase_person};
use kernel::{Asker, Caller, Door, Origin, Scope, UserId, testing::App};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use serde::Serialize;
use uuid::Uuid;

/// Members of each kind: open, personal and secret.
#[derive(Serialize)]
struct Account {
    name: &'static str,
    status: &'static str,
    password: &'static str,
}

impl Audited for Account {
    const PERSONAL: &[&str] = &["name"];
    const SECRET: &[&str] = &["password"];
}

const BEFORE: Account = Account { name: "Ada King", status: "new", password: "hunter2" };
const AFTER: Account = Account { name: "Ada Lovelace", status: "active", password: "swordfish" };
const AGENT: &str = "Mozilla/5.0 (Difference Engine)";

async fn app() -> App {
    App::of(vec![audit_log::feature()]).await
}

fn person(number: u128) -> UserId {
    UserId(Uuid::from_u128(number))
}

/// A change of each kind of member of somebody's account.
fn renamed(person: UserId) -> Entry {
    let target = Target::new("account", person);
    Entry::of("account.updated", target).about(person).changed(&BEFORE, &AFTER)
}

/// Somebody at 203.0.113.7, in the request `request-1`.
fn asker(app: &App, caller: Option<UserId>) -> Asker {
    let caller = caller.map(|user| Caller {
        actor: kernel::Actor::User(user),
        ..Caller::system(app.database.clock().now())
    });
    let origin = Origin {
        request_id: "request-1".into(),
        ip: "203.0.113.7".parse().ok(),
        user_agent: Some(AGENT.into()),
    };
    Asker { caller, origin, expected: None }
}

/// Records as this caller.
async fn record(app: &App, caller: Option<UserId>, entries: Vec<Entry>) -> Result<(), DbErr> {
    leave(&app.database.platform(asker(app, caller)), entries).await
}

/// Records through this door.
async fn leave(door: &Door<impl Scope>, entries: Vec<Entry>) -> Result<(), DbErr> {
    door.run(async |tx| {
        for entry in entries {
            audit_log::record(tx, entry);
        }
        Ok(())
    })
    .await
}

/// Text as a dump shows it where it stands among binary data.
fn digits(text: &str) -> String {
    let halves = text.bytes().flat_map(|it| [it >> 4, it & 15]);
    halves.filter_map(|it| char::from_digit(it.into(), 16)).collect()
}

/// What the log says of somebody's account.
async fn told(app: &App, person: UserId) -> Vec<AuditEntryOut> {
    audit_log::of(app.database.system().view(), person).await.unwrap()
}

/// Does this to the database, past every feature.
async fn tamper(app: &App, sql: &str) {
    let door = app.database.system();
    door.run(async |tx| tx.execute_unprepared(sql).await).await.unwrap();
}

/// Erases somebody, as whoever erases their account does.
async fn erase(app: &App, person: UserId) {
    let door = app.database.system();
    let erased: Result<(), Error> = door.run(async |tx| erase_person(tx, person).await).await;
    erased.unwrap();
}

/// How many rows a table has.
async fn count(app: &App, table: &str) -> i64 {
    let door = app.database.system();
    let backend = door.view().get_database_backend();
    let ask = Statement::from_sql_and_values(backend, format!("select count(*) from {table}"), []);
    let row = door.view().query_one_raw(ask).await.unwrap().unwrap();
    row.try_get_by_index(0).unwrap()
}

/// Every byte of the two tables, what is binary in hexadecimal digits.
async fn dump(app: &App) -> String {
    let door = app.database.system();
    let backend = door.view().get_database_backend();
    let sql = match backend {
        DbBackend::Sqlite => {
            "select hex(id) || action || outcome || actor_type || hex(actor_id) || target_type \
             || hex(target_id) || cast(changes as text) || hex(person_id) \
             || hex(coalesce(personal, '')) || hex(origin_person_id) || hex(coalesce(origin, '')) \
             || request_id || created_at from audit_log \
             union all select hex(person_id) || hex(key) from audit_log_keys"
        }
        _ => "select it::text from audit_log it union all select it::text from audit_log_keys it",
    };
    let rows = Statement::from_sql_and_values(backend, sql, []);
    let rows = door.view().query_all_raw(rows).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap()).collect()
}
