//! A page costs the same however long the log is.

use std::time::{Duration, Instant};

use kernel::{
    OrganizationId,
    testing::{Actor, App},
};
use sea_orm::{ConnectionTrait, DbBackend, DbErr};

use crate::{app, logs::unguarded};

/// How many entries the long log has; `SOAK_AUDIT_ENTRIES` says another number. The short one has a
/// hundredth of it, or ten thousand.
fn long() -> u64 {
    std::env::var("SOAK_AUDIT_ENTRIES").ok().and_then(|text| text.parse().ok()).unwrap_or(30_000)
}

/// How many times as long as in the short log a page may take in the long one. What is measured in a short
/// time, beside other tests, varies; a page that is not flat takes fifty times as long.
fn most() -> f64 {
    if long() < 1_000_000 { 5.0 } else { 1.5 }
}

/// Fills a log with entries that are six seconds apart, past every feature.
async fn fill(app: &App, log: OrganizationId, entries: u64, mark: u8) {
    let door = app.database.system();
    let sqlite = door.view().get_database_backend() == DbBackend::Sqlite;
    let (hex, nil) = (log.0.simple(), uuid::Uuid::nil());
    let select = if sqlite {
        format!(
            "with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < {entries}) \
             select unhex(printf('%012x7%03x800{mark}%012x', 1700000000000 + n * 6000, n % 4096, n)), \
             x'{hex}', 'desk.a' || (n % 5000), iif(n % 1000, 'success', 'denied'), 'user', \
             unhex(printf('%032x', n % 3000)), 'desk' || (n % 900), unhex(printf('%032x', n % 7000)), \
             '{{}}', zeroblob(16), zeroblob(16), '', \
             strftime('%Y-%m-%dT%H:%M:%S+00:00', 1700000000 + n * 6, 'unixepoch') from numbers"
        )
    } else {
        format!(
            "select (lpad(to_hex(1700000000000 + n * 6000), 12, '0') || '7' || lpad(to_hex(n % 4096), 3, '0') \
             || '800{mark}' || lpad(to_hex(n), 12, '0'))::uuid, '{hex}'::uuid, 'desk.a' || (n % 5000), \
             case n % 1000 when 0 then 'denied' else 'success' end, 'user', \
             lpad(to_hex(n % 3000), 32, '0')::uuid, 'desk' || (n % 900), \
             lpad(to_hex(n % 7000), 32, '0')::uuid, '{{}}'::jsonb, \
             '{nil}'::uuid, '{nil}'::uuid, '', \
             to_timestamp(1700000000 + n * 6) from generate_series(1::bigint, {entries}) n"
        )
    };
    let insert = format!(
        "insert into audit_log (id, organization_id, action, outcome, actor_type, actor_id, target_type, \
         target_id, changes, person_id, origin_person_id, request_id, created_at) {select}"
    );
    let fill = async |tx: &kernel::Tx| {
        if !sqlite {
            tx.execute_unprepared("set local statement_timeout = 0").await?;
        }
        tx.execute_unprepared(&insert).await.map(drop)
    };
    door.run(fill).await.unwrap();
}

/// The middle of how long this page takes.
async fn took(reader: &Actor<'_>, path: &str) -> Duration {
    let mut times = Vec::new();
    for _ in 0..15 {
        let begun = Instant::now();
        let page = reader.get(path).await.ok();
        times.push(begun.elapsed());
        assert!(!page["items"].as_array().unwrap().is_empty(), "{path} finds nothing");
    }
    times.sort();
    times.remove(times.len() / 2)
}

/// Issue 6: flat, each filter by its index.
#[actix_web::test]
async fn a_page_costs_the_same_however_long_the_log_is() {
    let app = app().await;
    unguarded(&app).await; // their cost is not what is measured, and such a log takes long to make
    let short = (long() / 100).max(10_000);
    let (one, other) = (app.member(&["audit_log:read"]), app.member(&["audit_log:read"]));
    fill(&app, one.organization, short, 1).await;
    fill(&app, other.organization, long(), 2).await;
    if app.database.system().view().get_database_backend() == DbBackend::Postgres {
        let settle = async |tx: &kernel::Tx| {
            tx.execute_unprepared("set local statement_timeout = 0").await?;
            tx.execute_unprepared("analyze audit_log").await.map(drop)
        };
        let settled: Result<(), DbErr> = app.database.system().run(settle).await;
        settled.unwrap();
    }
    let id = |number: u32| uuid::Uuid::from_u128(number.into());
    for query in [
        String::new(),
        "&sort=created_at".to_owned(),
        "&action=desk.a7".to_owned(),
        format!("&actor_id={}", id(7)),
        "&target_type=desk7".to_owned(),
        format!("&target_id={}", id(7)),
        "&outcome=denied".to_owned(),
        "&from=2023-11-14T23:00:00Z&to=2023-11-15T00:00:00Z".to_owned(),
        format!("&from=2023-11-14T23:00:00Z&to=2023-11-15T04:00:00Z&actor_id={}", id(7)),
    ] {
        let path = format!("/audit-log?limit=1{query}");
        let (short, long) = (took(&one, &path).await, took(&other, &path).await);
        let ratio = long.as_secs_f64() / short.as_secs_f64();
        assert!(ratio < most(), "{path}: {short:?} in the short log, {long:?} in the long one");
    }
}
