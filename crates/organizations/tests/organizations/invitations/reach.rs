//! Roles never above the inviter's, when inviting and when accepting (A14, ASVS 8.2.1).

use kernel::testing::Actor;

use super::{MINE, Post, ZOE, accept, invite, path, post, resend};
use crate::{at, disable, give};

/// An organization whose admin has invited Zoe as an admin; its owner, the admin and the token.
async fn offered(post: &Post) -> (Actor<'_>, Actor<'_>, String) {
    let ada = post.owner("Ada").await;
    let amy = post.member(&ada, "Amy", "admin").await;
    invite(&amy, ZOE, &["admin"]).await.created();
    let token = post.token(ZOE).await;
    (ada, amy, token)
}

#[actix_web::test]
async fn nobody_invites_above_themselves() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let amy = post.member(&ada, "Amy", "admin").await;
    post.role(&ada, "heir", &["organizations:transfer"]).await;
    for roles in [&["owner"][..], &["member", "owner"], &["heir"]] {
        invite(&amy, ZOE, roles).await.problem(403, "permission_denied");
    }
    post.role(&ada, "doorman", &["invitations:write"]).await;
    let dan = post.member(&ada, "Dan", "doorman").await;
    invite(&dan, ZOE, &["viewer"]).await.problem(403, "permission_denied");
    invite(&dan, ZOE, &["doorman"]).await.created();
    invite(&ada, "una@example.com", &["owner"]).await.created();
}

/// The invitation is worth what its inviter could still give.
#[actix_web::test]
async fn an_inviter_who_is_demoted_removed_or_disabled_invites_nobody() {
    for fall in 0..4 {
        let post = post().await;
        let (ada, amy, token) = offered(&post).await;
        post.preview(&token).await.ok();
        match fall {
            0 => drop(give(&ada, &amy, &["member"]).await.ok()),
            1 => ada.delete(&at(&amy)).await.no_content(),
            2 => drop(disable(&post.registrar().await, amy.user()).await),
            _ => {
                let door = post.database.system();
                door.run(async |tx| users::delete(tx, amy.user()).await).await.unwrap();
            }
        }
        let zoe = post.person("Zoe").await;
        accept(&zoe, &token).await.problem(410, "link_expired");
        post.preview(&token).await.problem(410, "link_expired");
        assert_eq!(post.members(&ada).await, if fall == 0 || fall == 2 { 2 } else { 1 }, "{fall}");
    }
}

#[actix_web::test]
async fn an_inviter_who_rises_again_invites_as_before() {
    let post = post().await;
    let (ada, amy, token) = offered(&post).await;
    give(&ada, &amy, &["viewer"]).await.ok();
    let zoe = post.person("Zoe").await;
    accept(&zoe, &token).await.problem(410, "link_expired");
    give(&ada, &amy, &["owner"]).await.ok();
    accept(&zoe, &token).await.ok();
}

/// A role that has grown since is as if it had been offered now.
#[actix_web::test]
async fn a_role_that_allows_more_by_now_is_not_given_by_who_may_less() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    post.role(&ada, "clerk", &["members:read"]).await;
    let amy = post.member(&ada, "Amy", "admin").await;
    invite(&amy, ZOE, &["clerk"]).await.created();
    let token = post.token(ZOE).await;
    let roles = ada.get("/roles").await.ok();
    let clerk = roles["items"].as_array().unwrap().iter().find(|it| it["key"] == "clerk").unwrap();
    let grown = serde_json::json!({ "permissions": ["organizations:delete"] });
    ada.patch(&format!("/roles/{}", clerk["id"].as_str().unwrap()), grown).await.ok();
    let zoe = post.person("Zoe").await;
    accept(&zoe, &token).await.problem(410, "link_expired");
    let made = ada.get("/invitations").await.ok()["items"][0]["id"].clone();
    resend(&amy, &made).await.problem(403, "permission_denied");
    resend(&ada, &made).await.ok();
    accept(&zoe, &post.token(ZOE).await).await.ok();
}

/// Whoever sends it again answers for it.
#[actix_web::test]
async fn another_takes_an_invitation_over_by_sending_it_again() {
    let post = post().await;
    let (ada, amy, _) = offered(&post).await;
    let made = ada.get("/invitations").await.ok()["items"][0].clone();
    give(&ada, &amy, &["viewer"]).await.ok();
    let again = resend(&ada, &made["id"]).await.ok();
    assert_eq!(again["invited_by"], ada.user().to_string());
    let token = post.token(ZOE).await;
    accept(&post.person("Zoe").await, &token).await.ok();
    assert_eq!(ada.get(&path(&made["id"])).await.ok()["state"], "accepted");
}

/// Mail that is never read gives nothing away: the list is of who has proved the address.
#[actix_web::test]
async fn an_address_that_is_not_proved_sees_no_invitations() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    invite(&ada, ZOE, &["member"]).await.created();
    let unproved = post.unproved(ZOE).await;
    assert_eq!(unproved.get(MINE).await.ok()["items"].as_array().map(Vec::len), Some(0));
}
