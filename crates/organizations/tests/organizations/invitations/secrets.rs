//! The token is in the mail and nowhere else (A14, ASVS 6.4.1, 14.2.4).

use std::fs;

use kernel::UserId;

use super::{MINE, Post, ZOE, accept, invite, path, post};

/// Everything that the database holds, as bytes: the files themselves, or all rows as text.
async fn everything(post: &Post) -> Vec<u8> {
    if let Some(file) = post.database.config.file() {
        let log = file.with_file_name("test.db-wal");
        return [fs::read(file).unwrap(), fs::read(log).unwrap_or_default()].concat();
    }
    let tables =
        "select table_name::text from information_schema.tables where table_schema = 'public'";
    let mut all = Vec::new();
    for table in post.rows(tables, Vec::new()).await {
        let table: String = table.try_get_by_index(0).unwrap();
        let rows = format!("select row_to_json(t)::text from {table} t");
        for row in post.rows(&rows, Vec::new()).await {
            all.extend(row.try_get_by_index::<String>(0).unwrap().into_bytes());
        }
    }
    all
}

/// Whether it is in there, as text or (as PostgreSQL shows bytes) in hexadecimal digits.
fn holds(all: &[u8], text: &str) -> bool {
    let found = |needle: &[u8]| all.windows(needle.len()).any(|it| it == needle);
    let hex = text.bytes().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    found(text.as_bytes()) || found(hex.as_bytes())
}

#[actix_web::test]
async fn no_token_is_in_the_database_or_in_an_answer() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let asked = ada.with("idempotency-key", "7e57");
    let made = invite(&asked, "Zoe@Example.com", &["member"]).await;
    let mut answers = vec![made.text.clone()];
    let id = made.created()["id"].clone();
    let queued = everything(&post).await; // the mail is a job that has not run
    let first = post.token("Zoe@example.com").await;
    let zoe = post.person("Zoe").await;
    answers.push(zoe.get(MINE).await.text);
    answers.push(super::resend(&ada, &id).await.text);
    let second = post.token(ZOE).await;
    answers.push(post.preview(&second).await.text);
    answers.push(ada.get("/invitations").await.text);
    answers.push(ada.get(&path(&id)).await.text);
    answers.push(accept(&zoe, &second).await.text);
    let all = everything(&post).await;

    assert!(holds(&all, "Zoe@Example.com"), "the search finds what is there");
    for token in [&first, &second] {
        assert!(!holds(&queued, token) && !holds(&all, token), "{token} is in the database");
        assert!(answers.iter().all(|it| !it.contains(token.as_str())), "{answers:?}");
    }
}

/// The organization's log names the invitation, and says nothing that is personal in clear.
#[actix_web::test]
async fn the_log_tells_no_address() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let token = post.invited(&ada, ZOE).await;
    let zoe = post.person("Zoe").await;
    accept(&zoe, &token).await.ok();
    for (action, target, changes) in post.log(ada.organization).await {
        assert!(!changes.to_string().contains("example.com"), "{action}: {changes}");
        assert!(
            action != "member.added"
                || UserId(target) == zoe.user()
                || UserId(target) == ada.user()
        );
    }
}
