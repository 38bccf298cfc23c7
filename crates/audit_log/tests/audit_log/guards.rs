//! What is written down stays as it is: the database itself refuses the rest.

use chrono::TimeDelta;
use kernel::testing::App;
use sea_orm::{ConnectionTrait, DbBackend, DbErr};

use crate::{count, logs::Log};

const GROWING: [&str; 5] = [
    "audit_log",
    "audit_log_seals",
    "audit_log_nodes",
    "audit_log_checkpoints",
    "audit_log_anchors",
];

async fn attempt(app: &App, sql: &str) -> Result<(), DbErr> {
    let door = app.database.system();
    door.run(async |tx| tx.execute_unprepared(sql).await.map(drop)).await
}

fn is_sqlite(app: &App) -> bool {
    app.database.system().view().get_database_backend() == DbBackend::Sqlite
}

/// An anchor at this place of every log.
async fn anchor(app: &App, seq: u32) {
    let sql = format!(
        "insert into audit_log_anchors (organization_id, size, root, note, created_at) \
         select organization_id, {seq}, root, note, created_at from audit_log_checkpoints \
         where size = (select max(size) from audit_log_checkpoints)"
    );
    attempt(app, &sql).await.unwrap();
}

/// ASVS 16.4.2, 16.4.3.
#[actix_web::test]
async fn nothing_that_is_written_down_is_changed_or_removed() {
    let log = Log::of(20).await;
    anchor(&log.app, 1).await;
    log.app.database.clock.advance(TimeDelta::seconds(1));
    for table in GROWING {
        let before = count(&log.app, table).await;
        assert!(before > 0, "{table} is empty, so nothing would be refused");
        let mut attempts = vec![
            format!("update {table} set organization_id = organization_id"),
            format!("delete from {table}"),
        ];
        attempts.push(if is_sqlite(&log.app) {
            format!("insert or replace into {table} select * from {table}")
        } else {
            format!("truncate {table}")
        });
        if table == "audit_log" && !is_sqlite(&log.app) {
            attempts.push("truncate audit_log_before".to_owned());
        }
        for sql in attempts {
            let told = attempt(&log.app, &sql).await.unwrap_err().to_string();
            assert!(told.contains("the audit log only grows"), "{sql}: {told}");
        }
        assert_eq!(count(&log.app, table).await, before);
    }
}

#[actix_web::test]
async fn what_is_at_or_below_an_anchor_may_be_removed_and_nothing_else() {
    let log = Log::of(20).await;
    let at = |seq: u32| {
        format!(
            "delete from audit_log where id = (select entry_id from audit_log_seals where seq = {seq})"
        )
    };
    attempt(&log.app, &at(5)).await.unwrap_err();
    anchor(&log.app, 5).await;
    attempt(&log.app, &at(5)).await.unwrap();
    attempt(&log.app, &at(1)).await.unwrap();
    let told = attempt(&log.app, &at(6)).await.unwrap_err().to_string();
    assert!(told.contains("the audit log only grows"), "{told}");
    assert_eq!(count(&log.app, "audit_log").await, 18);
}
