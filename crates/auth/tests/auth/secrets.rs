//! What is secret is nowhere in the database (ASVS 14.2.4, 11.4.2, A20).

use std::fs;

use crate::{ADA, House, PASSWORD, Tokens, house, refresh};

/// Everything that the database holds, as bytes: the files themselves, or all rows as text.
async fn everything(house: &House) -> Vec<u8> {
    if let Some(file) = house.database.config.file() {
        let log = file.with_file_name("test.db-wal");
        return [fs::read(file).unwrap(), fs::read(log).unwrap_or_default()].concat();
    }
    let tables =
        "select table_name::text from information_schema.tables where table_schema = 'public'";
    let mut all = Vec::new();
    for table in house.rows(tables).await {
        let table: String = table.try_get_by_index(0).unwrap();
        for row in house.rows(&format!("select row_to_json(t)::text from {table} t")).await {
            all.extend(row.try_get_by_index::<String>(0).unwrap().into_bytes());
        }
    }
    all
}

/// Whether it is in there, as text or (as PostgreSQL shows bytes) in hexadecimal digits.
fn holds(all: &[u8], text: &str) -> bool {
    let found = |needle: &[u8]| all.windows(needle.len()).any(|it| it == needle);
    let hex = crate::hex(text.as_bytes());
    found(text.as_bytes()) || found(hex.as_bytes())
}

#[actix_web::test]
async fn passwords_and_tokens_are_nowhere_in_clear() {
    let house = house().await;
    let body =
        serde_json::json!({ "email": ADA, "password": PASSWORD, "name": "Canary Canterbury" });
    house.stranger().post("/api/v1/auth/register", body).await.accepted();
    let queued = everything(&house).await; // the mail is a job that has not run
    house.run_jobs().await;
    let link = house.mail.last(ADA).token().to_owned();
    house.confirm(&link).await.no_content();
    house.login(ADA, "not the canary password").await.of(401);
    let first = Tokens::of(&house.login(ADA, PASSWORD).await.ok());
    let second = Tokens::of(&refresh(&house, &first.refresh).await.ok());
    let all = everything(&house).await;

    assert!(
        holds(&all, "Canary Canterbury") && holds(&all, "$argon2id$"),
        "the search finds what is there"
    );
    let signatures = [&first, &second].map(|it| it.access.rsplit('.').next().unwrap().to_owned());
    let mut secrets =
        vec![PASSWORD, "not the canary password", &link, &first.refresh, &second.refresh];
    secrets.extend(signatures.iter().map(String::as_str));
    for secret in secrets {
        assert!(!holds(&all, secret), "{secret} is in the database");
        assert!(!holds(&queued, secret), "{secret} was in the queue");
    }
}

/// ASVS 14.2.1: nor in the log that administrators read.
#[actix_web::test]
async fn the_audit_log_tells_nobodys_password_hash() {
    let house = house().await;
    house.signed_in(ADA).await;
    let entries = house.rows("select cast(changes as text) from audit_log").await;
    assert!(entries.len() >= 4);
    for entry in entries {
        let changes: String = entry.try_get_by_index(0).unwrap();
        assert!(!changes.contains("argon2") && !changes.contains(ADA), "{changes}");
    }
}
