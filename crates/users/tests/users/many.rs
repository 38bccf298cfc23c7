//! The list of very many accounts.

use std::{
    env,
    time::{Duration, Instant},
};

use kernel::testing::{Actor, App};
use sea_orm::{ConnectionTrait, DbBackend, DbErr};

use crate::app;

/// How many accounts there are; `SOAK_ACCOUNTS=1000000` is the long form.
fn accounts() -> u32 {
    env::var("SOAK_ACCOUNTS").map_or(3000, |it| it.parse().unwrap())
}

/// How long a page may take: nothing is proved by the short form about it, when others are at work too.
fn limit() -> Duration {
    Duration::from_millis(if accounts() < 1_000_000 { 5000 } else { 100 })
}

/// Issue 7: among a million accounts each page is there at once, whatever is looked for.
#[actix_web::test]
async fn each_page_of_very_many_accounts_is_there_at_once() {
    let app = app().await;
    crowd(&app).await;
    let staff = app.staff(&["users:read"]);
    let page = staff.get("/api/v1/users?limit=100").await.ok();
    let cursor = page["next_cursor"].as_str().unwrap().to_owned();
    for (query, found) in [
        (String::new(), 20),
        (format!("limit=100&cursor={cursor}"), 100),
        ("sort=created_at".into(), 20),
        ("status=active".into(), 20),
        ("status=disabled".into(), 20),
        ("q=ada".into(), 20),
        ("q=a".into(), 20),
        ("q=ada+love+example".into(), 20),
        ("q=ada&status=disabled".into(), 20),
        ("q=mail7".into(), 20),
        ("q=mail77+ada".into(), 11),
        ("q=mail777+ada".into(), 1),
        ("q=mail777%40example.com".into(), 1),
        ("q=nobody".into(), 0),
    ] {
        let took = middle(&staff, &query, found).await;
        println!("{:>9} accounts, ?{query}: {took:?}", accounts());
        assert!(took < limit(), "{query} takes {took:?}");
    }
}

/// The middle of some times that a page takes.
async fn middle(staff: &Actor<'_>, query: &str, found: usize) -> Duration {
    let mut took = Vec::new();
    for _ in 0..5 {
        let begun = Instant::now();
        let page = staff.get(&format!("/api/v1/users?{query}")).await.ok();
        took.push(begun.elapsed());
        let items = page["items"].as_array().unwrap().len();
        assert!(items == found || (items > found && found > 0), "{query}: {items}");
    }
    took.sort();
    took[2]
}

/// Accounts past the API: all are called Ada Lovelace, each has a mailbox of its own, and every fiftieth
/// is disabled.
async fn crowd(app: &App) {
    let mut last = 0;
    while last < accounts() {
        let first = last + 1;
        last = accounts().min(last + 50_000);
        for sql in some(app, first, last) {
            run(app, &sql).await;
        }
    }
    if app.database.system().view().get_database_backend() == DbBackend::Postgres {
        run(app, "analyze").await;
    }
}

/// What inserts the accounts of these numbers, and their words.
fn some(app: &App, first: u32, last: u32) -> Vec<String> {
    let (numbers, id) = match app.database.system().view().get_database_backend() {
        DbBackend::Sqlite => (
            format!(
                "with recursive n(i) as (select {first} union all select i + 1 from n where i < {last})"
            ),
            "unhex(printf('0190%028x', i))",
        ),
        _ => (
            format!("with n(i) as (select * from generate_series({first}::bigint, {last}))"),
            "('0190' || lpad(to_hex(i), 28, '0'))::uuid",
        ),
    };
    // Whoever is looked for is not all in one place of the list.
    let mailbox = format!("(i * 7919 % {} + 1)", accounts());
    let mail = format!("'mail' || {mailbox}");
    let users = format!(
        "insert into users (id, email, email_canonical, name, locale, time_zone, status, version, \
         created_at, updated_at, search) {numbers} select {id}, 'mail' || {mailbox} || '@example.com', \
         'mail' || {mailbox} || '@example.com', 'Ada Lovelace', 'en', 'UTC', \
         case when i % 50 = 0 then 'disabled' else 'active' end, 1, '2026-01-01 00:00:00+00:00', \
         '2026-01-01 00:00:00+00:00', ' ada com example lovelace mail' || {mailbox} from n"
    );
    let words = ["'ada'", "'com'", "'example'", "'lovelace'", &mail].map(|word| {
        format!("insert into user_words (word, user_id) {numbers} select {word}, {id} from n")
    });
    [users].into_iter().chain(words).collect()
}

async fn run(app: &App, sql: &str) {
    let door = app.database.system();
    let done: Result<_, DbErr> = door.run(async |tx| tx.execute_unprepared(sql).await).await;
    done.unwrap();
}
