//! The server is killed while it writes (R1, R3): `SOAK_KILLS=200` is the long form.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    thread::sleep,
    time::Duration,
};

use kernel::testing::MailCatcher;

use super::{ADMINISTERED, a_while, count, crowd::writing};
use crate::{
    books::Books,
    ledger::Ledger,
    process::{POOL, Place},
    wire::Client,
};

#[actix_web::test]
async fn a_killed_server_has_kept_every_write_it_acknowledged_once_and_whole() {
    let (place, mail) = (Place::new().await, MailCatcher::start());
    let url = mail.url();
    let variables = [ADMINISTERED[0], ADMINISTERED[1], ("MAIL_URL", &url)];
    let books = Books::open(&place.database.url).await;
    let (mut ledger, rounds) = (Ledger::default(), count("SOAK_KILLS", 3));
    let mut unanswered = 0;

    let mut server = place.serve(&variables);
    for _ in 0..rounds {
        let client = Client::administrator(&server.address);
        let (told, ()) = writing((6, 2), &client, &ledger, || {
            sleep(a_while());
            server.kill();
        });
        for reply in told.iter().filter_map(|it| it.reply.as_ref()) {
            assert!(matches!(reply.status, 200 | 202 | 503), "{}", reply.text);
        }
        unanswered += told.iter().filter(|it| it.reply.is_none()).count();

        books.are_left_alone().await;
        server = place.serve(&variables);
        books.are_sound().await;
        // As if the half minute had passed after which others may have a dead worker's jobs.
        books.execute("update jobs set lease_until = run_at where state = 'running'").await;
        ledger.names_are_there(&Client::administrator(&server.address));
        ledger.accounts_are_there(&books).await;
    }
    somebody_registers(&ledger, &Client::stranger(&server.address));
    println!(
        "{rounds} kills: {} acknowledged writes are there, {unanswered} requests had no answer",
        ledger.size()
    );

    every_mail_is_sent(&books).await;
    one_mail_an_account(&mail, &books).await;
    books.close().await;
}

#[actix_web::test]
async fn of_two_replicas_that_are_killed_in_turn_neither_loses_nor_doubles_a_write() {
    let (place, mail) = (Place::new().await, MailCatcher::start());
    if !place.database.url.starts_with("postgres") {
        return; // one process serves a SQLite file
    }
    let url = mail.url();
    let variables = [ADMINISTERED[0], ADMINISTERED[1], ("MAIL_URL", &url)];
    let books = Books::open(&place.database.url).await;
    let (mut ledger, rounds) = (Ledger::default(), count("SOAK_KILLS", 4));
    let mut unanswered = 0;

    let mut servers = VecDeque::from([place.serve(&variables), place.serve(&variables)]);
    for _ in 0..rounds {
        let victim = servers.pop_front().unwrap();
        let survivor = Client::administrator(&servers[0].address);
        let dying = survivor.at(&victim.address);
        let (told, (last_words, ())) = writing((3, 1), &survivor, &ledger, || {
            writing((3, 1), &dying, &ledger, || {
                sleep(a_while());
                victim.kill();
                sleep(a_while());
            })
        });
        for told in &told {
            let reply = told.reply.as_ref().expect("an answer of the one that lives");
            assert!(matches!(reply.status, 200 | 202 | 503), "{}", reply.text);
        }
        unanswered += last_words.iter().filter(|it| it.reply.is_none()).count();

        books.are_left_to(POOL).await;
        books.execute("update jobs set lease_until = run_at where state = 'running'").await;
        ledger.names_are_there(&survivor);
        ledger.accounts_are_there(&books).await;
        servers.push_back(place.serve(&variables));
    }
    somebody_registers(&ledger, &Client::stranger(&servers[0].address));
    println!(
        "{rounds} kills of two: {} acknowledged writes are there, {unanswered} requests had no answer",
        ledger.size()
    );

    every_mail_is_sent(&books).await;
    one_mail_an_account(&mail, &books).await;
    books.close().await;
}

/// On a busy machine every server may be killed before it has hashed one password.
fn somebody_registers(ledger: &Ledger, client: &Client) {
    let reply = ledger.register(client).expect("an answer");
    assert_eq!(reply.status, 202, "{}", reply.text);
}

async fn every_mail_is_sent(books: &Books) {
    let waiting = "select count(*) from jobs where kind = 'notifications.send_mail'";
    for _ in 0..300 {
        if books.number(waiting).await == 0 {
            return;
        }
        actix_web::rt::time::sleep(Duration::from_millis(100)).await;
    }
    let left = books.words("select state || ' ' || coalesce(last_error, '') from jobs").await;
    panic!("mails wait: {left:?}");
}

/// A mail may go out twice when its worker dies; both copies bear one `Message-ID`.
async fn one_mail_an_account(mail: &MailCatcher, books: &Books) {
    let mut caught: HashMap<String, HashSet<String>> = HashMap::new();
    for mail in mail.mails() {
        let id = mail.raw.lines().find(|line| line.starts_with("Message-ID:"));
        let id = id.expect("a Message-ID").to_owned();
        caught.entry(mail.to).or_default().insert(id);
    }
    let accounts = books.words("select email from users where email like 'writer-%'").await;
    assert!(!accounts.is_empty(), "nobody could register");
    for address in accounts {
        assert_eq!(caught.get(&address).map(HashSet::len), Some(1), "mails to {address}");
    }
}
