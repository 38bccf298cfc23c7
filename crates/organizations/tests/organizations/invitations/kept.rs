//! How long an address is kept that is no account's.

use chrono::TimeDelta;

use super::{Post, ZOE, accept, invite, path, post};

const ROWS: &str = "select count(*) from invitations";

async fn rows(post: &Post) -> i64 {
    post.run_jobs().await;
    post.count(ROWS, vec![]).await
}

#[actix_web::test]
async fn what_is_over_for_ninety_days_is_gone() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let revoked = invite(&ada, "una@example.com", &["member"]).await.created();
    ada.delete(&path(&revoked["id"])).await.no_content();
    let token = post.invited(&ada, "vic@example.com").await;
    post.decline(&token).await.no_content();
    invite(&ada, "wim@example.com", &["member"]).await.created();
    post.wait(TimeDelta::days(89));
    invite(&ada, ZOE, &["member"]).await.created();
    assert_eq!(rows(&post).await, 4);
    post.wait(TimeDelta::days(1));
    assert_eq!(rows(&post).await, 1, "what still waits stays");
}

#[actix_web::test]
async fn what_is_over_goes_with_the_account_of_its_address() {
    let post = post().await;
    let (ada, bob) = (post.owner("Ada").await, post.owner("Bob").await);
    let token = post.invited(&ada, ZOE).await;
    invite(&bob, ZOE, &["member"]).await.created();
    invite(&ada, "una@example.com", &["member"]).await.created();
    let (zoe, una) = (post.person("Zoe").await, post.unproved("una@example.com").await);
    accept(&zoe, &token).await.ok();
    post.wait(TimeDelta::days(6));
    assert_eq!(rows(&post).await, 3);
    let door = post.database.system();
    door.run(async |tx| users::delete(tx, zoe.user()).await).await.unwrap();
    assert_eq!(rows(&post).await, 2, "one waits for an answer still");
    post.wait(TimeDelta::days(1));
    door.run(async |tx| users::delete(tx, una.user()).await).await.unwrap();
    assert_eq!(rows(&post).await, 2, "an address that was not proved is nobody's");
}
