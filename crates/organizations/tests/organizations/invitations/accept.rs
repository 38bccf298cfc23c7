//! Accepting and declining (A14, ASVS 2.3.1).

use chrono::TimeDelta;
use serde_json::json;

use super::{MINE, ZOE, accept, invite, path, post, resend};
use crate::here;

#[actix_web::test]
async fn who_accepts_joins_with_the_roles_that_were_offered() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let made = invite(&ada, ZOE, &["member", "viewer"]).await.created();
    let token = post.token(ZOE).await;
    let zoe = post.person("Zoe").await.at(ada.organization);
    zoe.get("").await.problem(404, "not_found");
    let seen = post.log(ada.organization).await.len();

    let joined = accept(&zoe, &token).await.ok();
    assert_eq!(joined["organization"]["id"], ada.organization.to_string());
    assert_eq!(joined["organization"]["name"], "Ada Inc");
    assert_eq!(joined["roles"], json!(["member", "viewer"]));
    zoe.get(&here(&ada)).await.ok();
    let member = ada.get(&format!("/members/{}", zoe.user())).await.ok();
    assert_eq!(member["roles"], json!(["member", "viewer"]));
    let now = ada.get(&path(&made["id"])).await.ok();
    assert_eq!((&now["state"], &now["version"]), (&json!("accepted"), &json!(2)));

    let log = post.log_since(&ada, seen).await;
    let mut actions: Vec<&str> = log.iter().map(|it| it.0.as_str()).collect();
    actions.sort_unstable();
    assert_eq!(actions, ["invitation.accepted", "member.added"]);
    accept(&zoe, &token).await.problem(410, "link_expired");
}

/// A14: whoever finds the mail is not whom it was for.
#[actix_web::test]
async fn another_address_and_one_that_is_not_proved_do_not_accept() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let token = post.invited(&ada, ZOE).await;
    let eve = post.person("Eve").await;
    accept(&eve, &token).await.problem(403, "wrong_recipient");
    let unproved = post.unproved(ZOE).await;
    accept(&unproved, &token).await.problem(403, "wrong_recipient");
    accept(&post.stranger(), &token).await.problem(401, "not_authenticated");
    assert_eq!(post.members(&ada).await, 1);
    let sql = "update users set email_verified_at = created_at where id = $1";
    post.sql(sql, vec![unproved.user().into()]).await;
    accept(&unproved, &token).await.ok();
}

#[actix_web::test]
async fn an_invitation_lasts_seven_days_and_no_longer() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let (zoe, una) = (post.person("Zoe").await, post.person("Una").await);
    let [for_zoe, for_una] =
        [post.invited(&ada, ZOE).await, post.invited(&ada, "una@example.com").await];
    post.wait(TimeDelta::days(7) - TimeDelta::seconds(1));
    accept(&zoe, &for_zoe).await.ok();
    post.wait(TimeDelta::seconds(1));
    accept(&una, &for_una).await.problem(410, "link_expired");
    post.decline(&for_una).await.problem(410, "link_expired");
    post.preview(&for_una).await.problem(410, "link_expired");
}

#[actix_web::test]
async fn who_declines_is_asked_no_more() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let made = invite(&ada, ZOE, &["member"]).await.created();
    let token = post.token(ZOE).await;
    post.decline(&token).await.no_content();
    let zoe = post.person("Zoe").await;
    accept(&zoe, &token).await.problem(410, "link_expired");
    post.decline(&token).await.problem(410, "link_expired");
    assert_eq!(ada.get(&path(&made["id"])).await.ok()["state"], "declined");
    assert_eq!(zoe.get(MINE).await.ok()["items"], json!([]));
    let log = post.log(ada.organization).await;
    assert_eq!(log.last().unwrap().0, "invitation.declined");
    invite(&ada, ZOE, &["member"]).await.created();
}

#[actix_web::test]
async fn a_member_is_told_that_they_are_one() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let token = post.invited(&ada, ZOE).await;
    let zoe = post.member(&ada, "Zoe", "viewer").await;
    accept(&zoe, &token).await.problem(409, "already_member");
    let member = ada.get(&format!("/members/{}", zoe.user())).await.ok();
    assert_eq!(member["roles"], json!(["viewer"]));
}

/// A8, A14, ASVS 9.2.2: what is no token of an invitation tells nothing.
#[actix_web::test]
async fn a_token_that_nobody_mailed_is_the_same_to_everybody() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let token = post.invited(&ada, ZOE).await;
    let zoe = post.person("Zoe").await;
    let altered = format!("{}{}", &token[1..], &token[..1]);
    let user = zoe.user().to_string();
    for other in ["", "x", "' or 1=1 --", "😀", &altered, &token[..42], &format!("{token} "), &user]
    {
        accept(&zoe, other).await.problem(410, "link_expired");
        post.preview(other).await.problem(410, "link_expired");
        post.decline(other).await.problem(410, "link_expired");
    }
    let long = "x".repeat(4097);
    accept(&zoe, &long).await.problem(422, "validation_failed");
    accept(&zoe, &token).await.ok();
}

/// Who is nobody's member any more may be invited again, and their old token stays dead.
#[actix_web::test]
async fn who_has_left_comes_back_by_another_invitation_only() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let old = post.invited(&ada, ZOE).await;
    let zoe = post.person("Zoe").await.at(ada.organization);
    accept(&zoe, &old).await.ok();
    crate::leave(&zoe).await.no_content();
    accept(&zoe, &old).await.problem(410, "link_expired");
    let new = post.invited(&ada, ZOE).await;
    accept(&zoe, &new).await.ok();
}

#[actix_web::test]
async fn a_deleted_organization_invites_nobody_until_it_is_restored() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let made = invite(&ada, ZOE, &["member"]).await.created();
    let token = post.token(ZOE).await;
    let zoe = post.person("Zoe").await;
    ada.delete("").await.no_content();
    accept(&zoe, &token).await.problem(410, "link_expired");
    post.preview(&token).await.problem(410, "link_expired");
    post.decline(&token).await.problem(410, "link_expired");
    assert_eq!(zoe.get(MINE).await.ok()["items"], json!([]));
    assert!(resend(&ada, &made["id"]).await.status >= 400);
    ada.post("/restore", json!({})).await;
    accept(&zoe, &token).await.ok();
}
