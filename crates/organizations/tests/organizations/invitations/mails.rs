//! What is mailed to the invited, and what is not.

use serde_json::json;

use super::{PUBLIC, ZOE, invite, post};
use crate::found;

#[actix_web::test]
async fn a_mail_is_in_the_language_of_its_reader_or_else_of_the_inviter() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let german = "update users set locale = 'de-AT' where name = $1";
    let reads = "update recipients set locale = 'de-AT' where address = $1";
    post.person("Zoe").await;
    post.sql(reads, vec![ZOE.into()]).await;
    invite(&ada, ZOE, &["member"]).await.created();
    invite(&ada, "una@example.com", &["member"]).await.created();
    post.sql(german, vec!["Ada".into()]).await;
    invite(&ada, "vic@example.com", &["member"]).await.created();
    post.run_jobs().await;
    let subject = |to| post.mail.last(to).subject;
    assert_eq!(subject(ZOE), "Du bist eingeladen, einer Organisation beizutreten");
    assert_eq!(subject("una@example.com"), "You are invited to join an organization");
    assert_eq!(subject("vic@example.com"), "Du bist eingeladen, einer Organisation beizutreten");
    let mail = post.mail.last("vic@example.com");
    assert!(mail.text.contains("„Ada“") && mail.text.contains("„Ada Inc“"), "{}", mail.text);
    assert!(mail.html.contains("Einladung ansehen</a>"), "{}", mail.html);
}

/// An account is written to where its mailbox was proved, however the address was typed now.
#[actix_web::test]
async fn a_mail_goes_to_the_address_that_was_proved() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    post.person("Zoe").await;
    post.unproved("una@example.com").await;
    invite(&ada, "ZOE@EXAMPLE.COM", &["member"]).await.created();
    invite(&ada, "Una@example.com", &["member"]).await.created();
    post.run_jobs().await;
    let to: Vec<String> = post.mail.mails().into_iter().map(|it| it.to).collect();
    assert!(to.contains(&ZOE.to_owned()) && to.contains(&"Una@example.com".to_owned()), "{to:?}");
}

/// ASVS 1.2.1, 1.3.7: names are somebody's own words, and no letter of theirs.
#[actix_web::test]
async fn names_bring_no_link_no_markup_and_no_letter() {
    const NAME: &str = "WIN at https://evil.test or www.evil.test <b>now</b> {{7*7}} mail me@evil.test \
                        and read on for as long as this name may be, which is not so long";
    let post = post().await;
    let person = post.person("Ada").await;
    let sql = "update users set name = $1 where name = 'Ada'";
    post.sql(sql, vec![NAME.into()]).await;
    let made = found(&person, "Plain").await.created();
    let ada = person.at(crate::id(&made));
    let sql = "update organizations set name = $1 where id = $2";
    post.sql(sql, vec![NAME.into(), ada.organization.into()]).await;
    invite(&ada, ZOE, &["member"]).await.created();
    post.run_jobs().await;

    let mail = post.mail.last(ZOE);
    assert_eq!(mail.subject, "You are invited to join an organization");
    for part in [&mail.text, &mail.html] {
        assert!(!part.contains("evil.test") && !part.contains("me@"), "{part}");
        assert!(!part.contains("read on"), "{part}");
        assert!(part.contains("{{7*7}}") == part.contains("7*7"), "{part}");
    }
    assert!(!mail.html.contains("<b>"), "{}", mail.html);
    let links: Vec<&str> = mail.text.split_whitespace().filter(|it| it.contains("://")).collect();
    assert!(links.len() == 1 && links[0].starts_with(PUBLIC), "{links:?}");
}

/// A9: the link is ours, whoever the request says we are.
#[actix_web::test]
async fn a_link_begins_with_the_public_url_whatever_host_says() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let liar = ada
        .with("host", "evil.test")
        .with("x-forwarded-host", "evil.test")
        .with("x-forwarded-proto", "http")
        .with("forwarded", "host=evil.test;proto=http");
    invite(&liar, ZOE, &["member"]).await.created();
    let many = json!({ "invitations": [{ "email": "una@example.com", "roles": ["member"] }] });
    liar.post("/invitations/batch", many).await.ok();
    post.run_jobs().await;
    assert_eq!(post.mail.mails().len(), 2);
    for mail in post.mail.mails() {
        assert!(mail.link().starts_with(&format!("{PUBLIC}/links/invitation?token=")));
        assert!(!mail.raw.contains("evil"), "{}", mail.raw);
    }
}

/// What is not committed is not mailed.
#[actix_web::test]
async fn an_invitation_that_is_refused_mails_nothing() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    invite(&ada, "ada@example.com", &["member"]).await.problem(409, "already_member");
    invite(&ada, ZOE, &["king"]).await.problem(422, "validation_failed");
    post.run_jobs().await;
    assert!(post.mail.mails().is_empty());
}
