//! A log to tamper with: some entries of one organization, sealed and signed.

use std::rc::Rc;

use audit_log::{ExportLine, PublicKey, plan_export};
use chrono::TimeDelta;
use kernel::{
    Asker, Door, OrgView, OrganizationId,
    testing::{Actor, App},
};
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value as Sql};
use serde_json::Value;

use crate::{app, leave, person, renamed};

/// How many positions a kind of tampering is tried at; `SOAK_TAMPER` says another number.
pub fn positions() -> u64 {
    std::env::var("SOAK_TAMPER").ok().and_then(|text| text.parse().ok()).unwrap_or(6)
}

/// A log of an organization of its own.
pub struct Log {
    pub app: Rc<App>,
    pub organization: OrganizationId,
}

impl Log {
    /// A log of this many entries, sealed in a few batches and signed after each.
    pub async fn of(size: u64) -> Self {
        Self::on(Rc::new(app().await), size).await
    }

    /// Another log of this many entries, on the same database.
    pub async fn beside(&self, size: u64) -> Self {
        Self::on(Rc::clone(&self.app), size).await
    }

    /// A log of this many entries on this app.
    pub async fn on(app: Rc<App>, size: u64) -> Self {
        let organization = app.member(&[]).organization;
        let log = Self { app, organization };
        let mut left = size;
        while left > 0 {
            let some = left.min(37);
            log.grow(some).await;
            left -= some;
        }
        log
    }

    /// Adds entries, seals and signs them.
    pub async fn grow(&self, entries: u64) {
        let entries = (0..entries).map(|n| renamed(person(u128::from(n % 5) + 1)));
        leave(&self.door(), entries.collect()).await.unwrap();
        self.app.database.clock.advance(TimeDelta::seconds(6));
        self.app.run_duties().await;
    }

    pub fn door(&self) -> Door<OrgView> {
        self.app.database.inside(self.organization, Asker::default())
    }

    /// Who may read this log.
    pub fn reader(&self) -> Actor<'_> {
        self.app.member_of(self.organization, &["audit_log:read"])
    }

    /// Does this to the database, past every feature and guard. Text of SQL stands for `$organization`,
    /// and `$n` for its parameters.
    pub async fn tamper(&self, sql: &str, values: Vec<Sql>) {
        let door = self.app.database.system();
        let backend = door.view().get_database_backend();
        let hex = self.organization.0.simple().to_string();
        let place = match backend {
            DbBackend::Sqlite => format!("x'{hex}'"),
            _ => format!("'{hex}'::uuid"),
        };
        let sql = sql.replace("$organization", &place);
        let change = Statement::from_sql_and_values(backend, sql, values);
        unguarded(&self.app).await;
        let done = door.run(async |tx| tx.execute_raw(change).await).await;
        assert!(done.unwrap().rows_affected() > 0, "nothing was tampered with");
    }

    /// What a verification finds: `ok`, the first bad entry, and why.
    pub async fn verified(&self, checkpoint: Option<&str>) -> (bool, Option<i64>, Option<String>) {
        let body = serde_json::json!({ "checkpoint": checkpoint });
        let begun = self.reader().post("/audit-log/verify", body).await;
        assert_eq!(begun.status, 202, "{}", begun.text);
        self.app.run_jobs().await;
        let id = begun.body["id"].as_str().unwrap();
        let found = self.reader().get(&format!("/audit-log/verifications/{id}")).await.ok();
        assert_eq!(found["state"], "done");
        let reason = found["reason"].as_str().map(str::to_owned);
        (found["ok"].as_bool().unwrap(), found["first_bad_seq"].as_i64(), reason)
    }

    /// The newest checkpoint.
    pub async fn checkpoint(&self) -> Value {
        self.reader().get("/audit-log/checkpoints/latest").await.ok()
    }

    pub async fn public_key(&self) -> PublicKey {
        self.checkpoint().await["public_key"].as_str().unwrap().parse().unwrap()
    }

    /// An export after this entry, a line an item.
    pub async fn export(&self, after: u64) -> Vec<String> {
        let door = self.door();
        let plan = plan_export(door.view(), after).await.unwrap();
        let entries = audit_log::exported(door.view(), after, plan.until - after).await.unwrap();
        let lines = plan.start.into_iter().chain(entries).chain([plan.checkpoint]);
        lines.map(|line: ExportLine| serde_json::to_string(&line).unwrap()).collect()
    }
}

/// Takes away what the database itself refuses: who tampers is master there.
pub async fn unguarded(app: &App) {
    let door = app.database.system();
    let backend = door.view().get_database_backend();
    let (list, drop): (_, fn(&str, &str) -> String) = match backend {
        DbBackend::Sqlite => {
            ("select name, tbl_name from sqlite_master where type = 'trigger'", |name, _| {
                format!("drop trigger {name}")
            })
        }
        _ => (
            "select tgname::text, tgrelid::regclass::text from pg_trigger \
             where not tgisinternal and tgparentid = 0",
            |name, table| format!("drop trigger if exists {name} on {table} cascade"),
        ),
    };
    let list = Statement::from_sql_and_values(backend, list, []);
    let rows = door.view().query_all_raw(list).await.unwrap();
    for row in rows {
        let (name, table): (String, String) =
            (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap());
        if !name.contains("queue") {
            door.run(async |tx| tx.execute_unprepared(&drop(&name, &table)).await).await.unwrap();
        }
    }
}
