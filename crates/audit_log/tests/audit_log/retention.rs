//! A log that was kept long enough is removed from its beginning on, and what is left is verified.

use std::rc::Rc;

use audit_log::{RETENTION_MONTHS, verify_export};
use chrono::TimeDelta;
use kernel::{Feature, testing::App};
use serde_json::Value;

use crate::{count, leave, logs::Log, person, renamed};

/// An app that keeps its logs for one month beside the current one.
async fn forgetful() -> App {
    let feature: Feature = audit_log::feature().setting_default(&RETENTION_MONTHS, 1);
    App::of(vec![feature]).await
}

/// A log with twenty entries of November, twenty of December and twenty of January.
async fn three_months() -> Log {
    let app = Rc::new(forgetful().await);
    let log = Log::on(Rc::clone(&app), 0).await;
    for _ in 0..3 {
        log.grow(20).await;
        app.database.clock.advance(TimeDelta::days(31));
        app.run_jobs().await; // makes months, and prunes what there is to prune
    }
    app.run_duties().await;
    log
}

async fn file(log: &Log, query: &str) -> Vec<String> {
    let file = log.reader().get(&format!("/audit-log/export{query}")).await;
    assert_eq!(file.status, 200, "{}", file.text);
    file.text.lines().map(str::to_owned).collect()
}

/// ASVS 14.2.7, 16.4.2.
#[actix_web::test]
async fn what_was_kept_long_enough_is_removed_and_the_rest_is_still_proved() {
    let log = three_months().await;
    // It is late February: November and December have gone, each with an entry that tells of it.
    assert_eq!(count(&log.app, "audit_log").await, 20 + 2);
    assert_eq!(count(&log.app, "audit_log_seals").await, 60 + 2);
    assert_eq!(count(&log.app, "audit_log_anchors").await, 2);
    assert_eq!(log.verified(None).await, (true, None, None));

    log.app.database.clock.advance(TimeDelta::seconds(6));
    log.app.run_duties().await;
    let lines = file(&log, "?format=ndjson").await;
    let start: Value = serde_json::from_str(&lines[0]).unwrap();
    assert_eq!(start["type"], "start");
    let sound = verify_export((lines.join("\n") + "\n").as_bytes(), &log.public_key().await);
    assert_eq!(sound.unwrap().from, start["size"].as_u64().unwrap() + 1);
}

/// ASVS 16.4.2: an anchor hides no tampering above it.
#[actix_web::test]
async fn what_is_missing_above_the_anchor_is_found() {
    let log = three_months().await;
    let seq = 55_i64;
    let sql = "delete from audit_log where id = \
               (select entry_id from audit_log_seals where organization_id = $organization and seq = $1)";
    log.tamper(sql, vec![seq.into()]).await;
    let (ok, first, reason) = log.verified(None).await;
    assert_eq!((ok, first, reason.as_deref()), (false, Some(seq), Some("entry_missing")));
}

#[actix_web::test]
async fn what_nobody_limits_is_kept_for_ever() {
    let log = Log::of(20).await;
    for _ in 0..3 {
        log.app.database.clock.advance(TimeDelta::days(400));
        log.app.run_jobs().await;
    }
    assert_eq!(count(&log.app, "audit_log").await, 20);
    leave(&log.door(), vec![renamed(person(1))]).await.unwrap();
    assert_eq!(count(&log.app, "audit_log").await, 21, "years later there is still a place for it");
}
