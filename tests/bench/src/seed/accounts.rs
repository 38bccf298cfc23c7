//! Very many accounts: all are called Ada Lovelace, each has a mailbox of its own, and every fiftieth is
//! disabled.

use std::time::Duration;

use rusqlite::Connection;

use super::connected;

/// How many accounts one statement adds.
const SOME: u32 = 100_000;

/// Adds accounts, and the words by which they are found; no server runs meanwhile.
pub fn accounts(url: &str, many: u32) {
    match url.strip_prefix("sqlite:") {
        Some(file) => in_sqlite(file, many),
        None => connected(url, async |client| {
            for sql in statements(many, numbers_of_postgres, POSTGRES_ID) {
                client.batch_execute(&sql).await.unwrap();
            }
            client.batch_execute("vacuum (analyze) users, user_words").await.unwrap();
        }),
    }
}

const SQLITE_ID: &str = "unhex(printf('0190%028x', i))";
const POSTGRES_ID: &str = "('0190' || lpad(to_hex(i), 28, '0'))::uuid";

fn numbers_of_sqlite(first: u32, last: u32) -> String {
    format!(
        "with recursive n(i) as (select {first} union all select i + 1 from n where i < {last})"
    )
}

fn numbers_of_postgres(first: u32, last: u32) -> String {
    format!("with n(i) as (select * from generate_series({first}::bigint, {last}))")
}

fn in_sqlite(file: &str, many: u32) {
    let connection = Connection::open(file).unwrap();
    connection.busy_timeout(Duration::from_secs(30)).unwrap();
    let fast = "pragma synchronous = off; pragma cache_size = -500000";
    connection.execute_batch(fast).unwrap();
    for sql in statements(many, numbers_of_sqlite, SQLITE_ID) {
        connection.execute_batch(&sql).unwrap();
    }
}

/// What adds them, some at a time. Whoever is looked for is not all in one place of the list.
fn statements(many: u32, numbers: fn(u32, u32) -> String, id: &str) -> Vec<String> {
    let mailbox = format!("'mailbox' || (i * 7919 % {many} + 1)");
    let mut all = Vec::new();
    let mut last = 0;
    while last < many {
        let first = last + 1;
        last = many.min(last + SOME);
        let numbers = numbers(first, last);
        all.push(format!(
            "insert into users (id, email, email_canonical, name, locale, time_zone, status, version, \
             created_at, updated_at, search) {numbers} select {id}, {mailbox} || '@example.com', \
             {mailbox} || '@example.com', 'Ada Lovelace', 'en', 'UTC', \
             case when i % 50 = 0 then 'disabled' else 'active' end, 1, '2026-01-01 00:00:00+00:00', \
             '2026-01-01 00:00:00+00:00', ' ada com example lovelace ' || {mailbox} from n"
        ));
        for word in ["'ada'", "'com'", "'example'", "'lovelace'", &mailbox] {
            all.push(format!(
                "insert into user_words (word, user_id) {numbers} select {word}, {id} from n"
            ));
        }
    }
    all
}
