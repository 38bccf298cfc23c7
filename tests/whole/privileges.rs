//! Two roles on PostgreSQL: one owns the tables, the other serves and may not touch what only grows.

use std::sync::Arc;

use kernel::{
    Env, SystemClock,
    testing::{MailCatcher, TestPlace},
};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection};
use serde_json::json;
use server::{Running, Task, launch};

use crate::harness::{ADMINISTRATOR, PASSWORD};

const OWNER: &str = "groundwork_test_owner";
const SERVING: &str = "groundwork_test_serving";

/// A database that belongs to one role, for another to serve.
struct Estate {
    _place: TestPlace,
    owner: String,
    serving: String,
}

impl Estate {
    /// None on SQLite, which has no roles.
    async fn new() -> Option<Self> {
        let place = TestPlace::new().await;
        let (_, rest) = place.url.strip_prefix("postgres://")?.split_once('@')?;
        let as_role = |role: &str| format!("postgres://{role}:{role}@{rest}");
        let (owner, serving) = (as_role(OWNER), as_role(SERVING));
        let admin = Database::connect(&place.url).await.unwrap();
        // Roles are the cluster's, and tests beside this one want the same.
        let roles = [OWNER, SERVING].map(|role| {
            format!(
                "do $$ begin
                    if not exists (select 1 from pg_roles where rolname = '{role}') then
                        create role {role} login password '{role}';
                    end if;
                end $$;"
            )
        });
        let prepare = format!(
            "select pg_advisory_lock(20261129);
            {}
            drop schema public cascade; create schema public authorization {OWNER};
            select pg_advisory_unlock(20261129);",
            roles.concat()
        );
        admin.execute_unprepared(&prepare).await.unwrap();
        admin.close().await.unwrap();
        Some(Self { _place: place, owner, serving })
    }

    fn environment(&self, mail: &MailCatcher) -> Vec<(&'static str, String)> {
        vec![
            ("DATABASE_URL", self.serving.clone()),
            ("DATABASE_MIGRATION_URL", self.owner.clone()),
            ("DATABASE_POOL", "4".to_owned()),
            ("LISTEN", "127.0.0.1:0".to_owned()),
            ("PUBLIC_URL", "https://groundwork.test".to_owned()),
            ("MAIL_URL", mail.url()),
            ("ADMIN_EMAIL", ADMINISTRATOR.to_owned()),
            ("ADMIN_PASSWORD", PASSWORD.to_owned()),
            ("SECRET_KEYS", kernel::Keyring::generate()),
        ]
    }
}

async fn start(variables: Vec<(&'static str, String)>) -> Running {
    launch(&Env::of(variables), Arc::new(SystemClock), Task::ServeAndWork).await.unwrap()
}

async fn refused(connection: &DatabaseConnection, sql: &str) {
    let told = connection.execute_unprepared(sql).await.unwrap_err().to_string();
    let privilege = told.contains("permission denied") || told.contains("must be owner");
    assert!(privilege, "{sql}: {told}");
}

/// ASVS 13.2.2: the role that serves can do all that a server does, and neither change the schema nor
/// what the audit log has written down.
#[actix_web::test]
async fn the_role_that_serves_may_do_no_more_than_that() {
    let Some(estate) = Estate::new().await else { return };
    let mail = MailCatcher::start();
    let running = start(estate.environment(&mail)).await;
    let login = json!({ "email": ADMINISTRATOR, "password": PASSWORD });
    let url = format!("http://{}/api/v1/auth/login", running.address.unwrap());
    let answer = reqwest::Client::new().post(url).json(&login).send().await.unwrap();
    assert_eq!(answer.status(), 200, "a sign-in reads, writes and is recorded");

    let serving = Database::connect(&estate.serving).await.unwrap();
    for sql in [
        "update audit_log set action = 'x'",
        "delete from audit_log",
        "truncate audit_log",
        "insert into audit_log_before select * from audit_log",
        "alter table audit_log disable trigger all",
        "drop table audit_log_before",
        "create table mine (id integer)",
        "delete from seaql_migrations",
    ] {
        refused(&serving, sql).await;
    }
    serving.execute_unprepared("select audit_log_make_months(now(), 3)").await.unwrap();
    serving.close().await.unwrap();
    running.stop().await;
}

/// Once the schema is there, the server needs to know nothing of who owns it.
#[actix_web::test]
async fn a_server_that_knows_only_its_own_role_starts_on_a_schema_that_is_up_to_date() {
    let Some(estate) = Estate::new().await else { return };
    let mail = MailCatcher::start();
    migration::up(&estate.owner).await.unwrap();
    migration::grant(&estate.owner, &estate.serving).await.unwrap();
    let mut variables = estate.environment(&mail);
    variables.retain(|(name, _)| *name != "DATABASE_MIGRATION_URL");
    start(variables).await.stop().await;
}
