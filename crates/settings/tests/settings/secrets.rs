//! Secrets are nowhere to be found: not in answers, not in the database, not in logs (ASVS 14.2.4,
//! 16.2.5, 16.5.1, A20).

use std::{
    fs,
    io::{self, Write},
    sync::{Mutex, PoisonError},
};

use actix_web::http::Method;
use kernel::testing::{Answer, App};
use sea_orm::{ConnectionTrait, Database};
use serde_json::json;

use crate::{HERE, MINE, PLATFORM, TOKEN, admin, app, at, operator, rows};

const CANARY: &str = "canary-7f3a91";
/// Longer than a secret may be.
const REJECTED: &str = "rejected-51c0de";

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Log;

impl Write for Log {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        LOG.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Everything that the database holds, as bytes: the files themselves, before and after a checkpoint,
/// or all rows of all tables as text.
async fn everything(app: &App) -> Vec<u8> {
    if let Some(file) = app.database.config.file() {
        let log = file.with_file_name("test.db-wal");
        let before = [fs::read(&file).unwrap(), fs::read(&log).unwrap_or_default()].concat();
        let alone = Database::connect(&app.database.config.url).await.unwrap();
        alone.execute_unprepared("pragma wal_checkpoint(truncate)").await.unwrap();
        return [before, fs::read(&file).unwrap(), fs::read(&log).unwrap_or_default()].concat();
    }
    let tables =
        "select table_name::text from information_schema.tables where table_schema = 'public'";
    let mut all = Vec::new();
    for table in rows(app, tables).await {
        let table: String = table.try_get_by_index(0).unwrap();
        for row in rows(app, &format!("select row_to_json(t)::text from {table} t")).await {
            all.extend(row.try_get_by_index::<String>(0).unwrap().into_bytes());
        }
    }
    all
}

/// Whether it is in there, as text or (as PostgreSQL shows bytes) in hexadecimal digits.
fn holds(all: &[u8], text: &str) -> bool {
    let hex = text.bytes().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    let found = |needle: &[u8]| all.windows(needle.len()).any(|it| it == needle);
    found(text.as_bytes()) || found(hex.as_bytes())
}

/// Sets, reads, lists, rolls back, refuses: whatever can be done to a secret.
async fn handled(app: &App) -> Vec<Answer> {
    let (root, ada) = (operator(app), admin(app));
    let mut answers = Vec::new();
    for (who, place) in [(&root, PLATFORM), (&ada, HERE), (&ada, MINE)] {
        let path = at(place, &TOKEN);
        let put = async |body: String| who.send(Method::PUT, &path, body).await;
        let long = REJECTED.repeat(20);
        answers.push(put(json!({ "value": CANARY }).to_string()).await);
        answers.push(who.patch(place, json!({ "demo.token": format!("{CANARY}-2") })).await);
        for bad in [
            json!({ "value": long }),
            json!({ "value": { "secret": REJECTED } }),
            json!({ "value": [REJECTED] }),
            json!({ "value": format!("{REJECTED}\u{1}") }),
            json!({ "value": CANARY, "lock": REJECTED }),
        ] {
            answers.push(put(bad.to_string()).await);
        }
        answers.push(put(format!("{{\"value\": \"{REJECTED}")).await);
        answers.push(who.patch(place, json!({ "demo.token": long, "demo.days": 0 })).await);
        answers.push(who.patch(place, json!({ "demo.token": [REJECTED] })).await);
        answers.push(who.get(&path).await);
        answers.push(who.get(place).await);
        let back = who.with("idempotency-key", "k");
        answers.push(back.post(&format!("{path}/rollback"), json!({ "revision": 1 })).await);
        answers.push(who.get(&format!("{path}/history")).await);
        answers.push(who.get("/api/v1/settings/definitions").await);
    }
    answers.push(app.staff(&["audit_log:read"]).get("/api/v1/audit-log?limit=100").await);
    answers
}

#[actix_web::test]
async fn a_secret_is_nowhere_in_clear() {
    let writing = || Log;
    let told =
        tracing_subscriber::fmt().with_max_level(tracing_subscriber::filter::LevelFilter::TRACE);
    let _ = told.with_ansi(false).with_writer(writing).try_init();
    let app = app().await;
    let answers = handled(&app).await;
    let statuses: Vec<_> = answers.iter().take(15).map(|it| it.status).collect();
    let [good, bad] = [200, 422];
    assert_eq!(
        statuses,
        [good, good, bad, bad, bad, bad, bad, 400, bad, bad, good, good, good, good, good]
    );
    assert!(answers.iter().any(|it| it.text.contains(r#"{"is_set":true}"#)));
    let root = operator(&app);
    assert_eq!(TOKEN.of(root.platform().view()).await.unwrap().unwrap().expose(), CANARY);

    let mut searched: Vec<(&str, Vec<u8>)> = vec![("database", everything(&app).await)];
    assert!(holds(&searched[0].1, "demo.token"), "the search finds what is there");
    let log = LOG.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert!(!log.is_empty(), "something is logged");
    searched.push(("log", log));
    searched.extend(answers.into_iter().map(|it| ("answer", it.text.into_bytes())));
    for (place, all) in searched {
        for secret in [CANARY, REJECTED] {
            assert!(!holds(&all, secret), "{secret} is in the {place}");
        }
    }
}

/// A secret cannot be found out by setting it to what it might be.
#[actix_web::test]
async fn a_guess_that_is_right_looks_like_one_that_is_wrong() {
    let app = app().await;
    let root = operator(&app);
    let versions =
        async |value| crate::set(&root, PLATFORM, &TOKEN, json!(value)).await["version"].clone();
    let seen = [versions(CANARY).await, versions(CANARY).await, versions("wrong").await];
    assert_eq!(seen, [json!(1), json!(2), json!(3)]);
}
