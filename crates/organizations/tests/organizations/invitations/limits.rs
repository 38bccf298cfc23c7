//! How many there may be: nobody's mailbox and nobody's disk is filled (ASVS 2.3.2, 2.4.1).

use chrono::TimeDelta;
use serde_json::json;

use super::{ZOE, accept, invite, path, post, post_with, resend};

#[actix_web::test]
async fn pending_invitations_count_as_seats() {
    let post = post_with(&[("ORGANIZATIONS_SEATS", "3")]).await;
    let ada = post.owner("Ada").await;
    let first = post.invited(&ada, ZOE).await;
    invite(&ada, "una@example.com", &["member"]).await.created();
    let full = invite(&ada, "vic@example.com", &["member"]).await;
    full.problem(409, "seat_limit_reached");
    accept(&post.person("Zoe").await, &first).await.ok();
    let full = invite(&ada, "vic@example.com", &["member"]).await;
    full.problem(409, "seat_limit_reached");
    post.wait(TimeDelta::days(7));
    invite(&ada, "vic@example.com", &["member"]).await.created();
}

#[actix_web::test]
async fn who_accepts_finds_no_seat_where_others_were_faster() {
    let post = post_with(&[("ORGANIZATIONS_SEATS", "2")]).await;
    let ada = post.owner("Ada").await;
    let token = post.invited(&ada, ZOE).await;
    post.member(&ada, "Bob", "member").await;
    let zoe = post.person("Zoe").await;
    accept(&zoe, &token).await.problem(409, "seat_limit_reached");
    let sql = "delete from memberships where user_id <> $1";
    post.sql(sql, vec![ada.user().into()]).await;
    accept(&zoe, &token).await.ok();
}

#[actix_web::test]
async fn an_organization_has_so_many_pending_invitations_and_no_more() {
    let post = post_with(&[("ORGANIZATIONS_INVITATIONS", "2")]).await;
    let ada = post.owner("Ada").await;
    let rows: Vec<_> = ["a", "b", "c"]
        .map(|it| json!({ "email": format!("{it}@example.com"), "roles": ["member"] }))
        .into();
    let results = ada.post("/invitations/batch", json!({ "invitations": rows })).await.ok();
    let statuses: Vec<_> =
        results["results"].as_array().unwrap().iter().map(|it| it["status"].as_u64()).collect();
    assert_eq!(statuses, [Some(201), Some(201), Some(409)]);
    assert_eq!(results["results"][2]["problem"]["code"], "invitation_limit_reached");

    // Withdrawing them makes room, but not for more mail on the same day.
    for made in &results["results"].as_array().unwrap()[..2] {
        ada.delete(&path(&made["id"])).await.no_content();
    }
    let answer = invite(&ada, ZOE, &["member"]).await;
    assert_eq!(answer.header("retry-after"), "3600");
    answer.problem(429, "too_many_requests");
    post.wait(TimeDelta::days(1));
    invite(&ada, ZOE, &["member"]).await.created();
}

#[actix_web::test]
async fn an_address_gets_five_mails_a_day_whoever_sends_them() {
    let post = post().await;
    let (ada, bob) = (post.owner("Ada").await, post.owner("Bob").await);
    let first = invite(&ada, ZOE, &["member"]).await.created();
    resend(&ada, &first["id"]).await.ok();
    resend(&ada, &first["id"]).await.ok();
    ada.delete(&path(&first["id"])).await.no_content();
    let second = invite(&ada, ZOE, &["member"]).await.created();
    let third = invite(&bob, ZOE, &["member"]).await.created();
    resend(&bob, &third["id"]).await.problem(429, "too_many_requests");
    resend(&ada, &second["id"]).await.problem(429, "too_many_requests");
    ada.delete(&path(&second["id"])).await.no_content();
    invite(&ada, ZOE, &["member"]).await.problem(429, "too_many_requests");
    bob.delete(&path(&third["id"])).await.no_content();
    let refused = invite(&bob, ZOE, &["member"]).await;
    assert_eq!(refused.header("retry-after"), "3600");
    refused.problem(429, "too_many_requests");
    post.run_jobs().await;
    assert_eq!(post.mail.mails().len(), 5);
    post.wait(TimeDelta::days(1));
    let third = invite(&ada, ZOE, &["member"]).await.created();
    resend(&ada, &third["id"]).await.ok();
}

#[actix_web::test]
async fn a_mail_that_is_sent_again_counts_as_one_of_the_day() {
    let post = post_with(&[("ORGANIZATIONS_INVITATIONS", "3")]).await;
    let ada = post.owner("Ada").await;
    let made = invite(&ada, ZOE, &["member"]).await.created();
    resend(&ada, &made["id"]).await.ok();
    resend(&ada, &made["id"]).await.ok();
    let una = async || invite(&ada, "una@example.com", &["member"]).await;
    una().await.problem(429, "too_many_requests");
    post.wait(TimeDelta::days(1));
    una().await.created();
}

#[actix_web::test]
async fn invitations_of_who_has_left_make_way() {
    let post = post_with(&[("ORGANIZATIONS_SEATS", "3")]).await;
    let ada = post.owner("Ada").await;
    let bob = post.member(&ada, "Bob", "admin").await;
    invite(&bob, ZOE, &["member"]).await.created();
    invite(&ada, ZOE, &["member"]).await.problem(409, "invitation_pending");
    post.sql("delete from memberships where user_id = $1", vec![bob.user().into()]).await;
    invite(&ada, ZOE, &["member"]).await.created();
    invite(&ada, "una@example.com", &["member"]).await.created();
}
