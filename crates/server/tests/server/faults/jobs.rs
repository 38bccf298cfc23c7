//! Workers that are killed every while (R14, G11): `SOAK_JOBS=10000` jobs, and a kill every two seconds,
//! are the long form.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    thread::sleep,
    time::{Duration, Instant},
};

use kernel::{
    Db, Keyring, SystemClock,
    db::{DatabaseConfig, Registry},
    testing::MailCatcher,
};
use notifications::Mail;
use sea_orm::DbErr;
use serde_json::json;

use super::{ADMINISTERED, a_while, count};
use crate::{books::Books, process::Place};

/// What the server knows by this name; a job that is queued names it and no more.
static INVITATION: Mail = Mail { kind: "organizations.invitation", english: "", german: "" };

/// How long no job may end for, after which something is stuck.
const PATIENCE: Duration = Duration::from_mins(2);

/// Each job is a mail, and its receiver tells mails apart by their `Message-ID`, as mailboxes do.
#[actix_web::test]
async fn jobs_whose_workers_are_killed_are_none_lost_none_stuck_and_each_has_one_effect() {
    let (place, mail, keys) = (Place::new().await, MailCatcher::start(), Keyring::generate());
    let (jobs, url) = (count("SOAK_JOBS", 400), mail.url());
    let pause = if jobs > 1000 { Duration::from_secs(2) } else { a_while() };
    let variables =
        [ADMINISTERED[0], ADMINISTERED[1], ("MAIL_URL", &*url), ("SECRET_KEYS", &*keys)];
    let books = Books::open(&place.database.url).await;
    queue(&place, &keys, jobs).await;

    let (mut server, mut kills) = (place.serve(&variables), 0);
    let (mut left, mut since) = (i64::MAX, Instant::now());
    let waiting = "select count(*) from jobs where kind = 'notifications.send_mail'";
    loop {
        sleep(pause);
        let now = books.number(waiting).await;
        if now == 0 && kills >= 3 {
            break;
        }
        assert!(since.elapsed() < PATIENCE, "{now} jobs are stuck after {kills} kills");
        if now > 0 && now >= left {
            continue; // a slow machine's servers would all be killed before they do anything
        }
        (left, since) = (now, Instant::now());
        server.kill();
        kills += 1;
        books.are_left_alone().await;
        // As if the half minute had passed after which others may have a dead worker's jobs.
        books.execute("update jobs set lease_until = run_at where state = 'running'").await;
        books.execute("update jobs set run_at = created_at where state = 'ready'").await;
        server = place.serve(&variables);
    }

    let mut received: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mails = mail.mails();
    for mail in &mails {
        let id = mail.raw.lines().find(|line| line.starts_with("Message-ID:"));
        received.entry(mail.to.clone()).or_default().insert(id.expect("a Message-ID").to_owned());
    }
    let lost: Vec<_> = (0..jobs).map(address).filter(|it| !received.contains_key(it)).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    let doubled = received.values().filter(|ids| ids.len() > 1).count();
    assert_eq!((received.len(), doubled), (jobs, 0));
    assert_eq!(books.number("select count(*) from jobs where state = 'dead'").await, 0);
    println!(
        "{jobs} jobs, {kills} kills: {} mails, {} of them again",
        mails.len(),
        mails.len() - jobs
    );
    drop(server);
    books.close().await;
}

fn address(number: usize) -> String {
    format!("reader-{number}@example.com")
}

/// Queues the jobs as a server would, with the keys of the one to come.
async fn queue(place: &Place, keys: &str, jobs: usize) {
    let config = DatabaseConfig { url: place.database.url.clone(), pool: 2 };
    let keyring = Keyring::parse(keys).unwrap();
    let db = Db::open(&config, Arc::new(SystemClock), keyring, Registry::default()).await.unwrap();
    for some in (0..jobs).collect::<Vec<_>>().chunks(500) {
        let queued: Result<(), DbErr> = db
            .system()
            .run(async |tx| {
                some.iter().try_for_each(|number| {
                    let to = address(*number);
                    notifications::mail_to(tx, &to, "en", &INVITATION, json!({ "link": "x" }))
                })
            })
            .await;
        queued.unwrap();
    }
    db.close().await.unwrap();
}
