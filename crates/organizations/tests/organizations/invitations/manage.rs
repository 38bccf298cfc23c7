//! Revoking and sending again.

use chrono::TimeDelta;
use serde_json::json;

use super::{ZOE, accept, invite, path, post, resend};

#[actix_web::test]
async fn a_revoked_invitation_is_dead_at_once() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let made = invite(&ada, ZOE, &["member"]).await.created();
    let token = post.token(ZOE).await;
    let seen = post.log(ada.organization).await.len();
    ada.with("if-match", "\"2\"").delete(&path(&made["id"])).await.problem(412, "stale_version");
    ada.with("if-match", "\"1\"").delete(&path(&made["id"])).await.no_content();
    accept(&post.person("Zoe").await, &token).await.problem(410, "link_expired");
    post.preview(&token).await.problem(410, "link_expired");
    post.decline(&token).await.problem(410, "link_expired");
    ada.delete(&path(&made["id"])).await.problem(409, "invitation_closed");
    resend(&ada, &made["id"]).await.problem(409, "invitation_closed");
    let log = post.log_since(&ada, seen).await;
    assert_eq!((log.len(), log[0].0.as_str()), (1, "invitation.revoked"));
    assert_eq!(log[0].2["state"], json!({ "from": "pending", "to": "revoked" }));
    invite(&ada, ZOE, &["member"]).await.created();
}

/// ASVS 6.4.1: the same invitation, another token; the old one is dead at once.
#[actix_web::test]
async fn an_invitation_that_is_sent_again_has_another_token() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let made = invite(&ada, ZOE, &["member"]).await.created();
    let old = post.token(ZOE).await;
    post.wait(TimeDelta::days(3));
    let again = resend(&ada, &made["id"]).await;
    assert_eq!(again.header("etag"), "\"2\"");
    let again = again.ok();
    assert_eq!((&again["id"], &again["version"]), (&made["id"], &json!(2)));
    assert!(again["expires_at"].as_str() > made["expires_at"].as_str());
    let new = post.token(ZOE).await;
    assert_ne!(old, new);
    post.preview(&old).await.problem(410, "link_expired");
    let zoe = post.person("Zoe").await;
    accept(&zoe, &old).await.problem(410, "link_expired");
    accept(&zoe, &new).await.ok();
    let actions: Vec<String> =
        post.log(ada.organization).await.into_iter().map(|it| it.0).collect();
    assert!(actions.contains(&"invitation.resent".to_owned()), "{actions:?}");
}

#[actix_web::test]
async fn an_expired_invitation_comes_back_when_it_is_sent_again() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let made = invite(&ada, ZOE, &["member"]).await.created();
    post.wait(TimeDelta::days(7));
    assert_eq!(ada.get(&path(&made["id"])).await.ok()["state"], "expired");
    let again = resend(&ada, &made["id"]).await.ok();
    assert_eq!((&again["state"], &again["id"]), (&json!("pending"), &made["id"]));
    let token = post.token(ZOE).await;
    accept(&post.person("Zoe").await, &token).await.ok();
}

/// Of an address' invitations one is pending, whichever it is.
#[actix_web::test]
async fn an_expired_invitation_does_not_come_back_beside_its_successor() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let first = invite(&ada, ZOE, &["member"]).await.created();
    post.wait(TimeDelta::days(7));
    let second = invite(&ada, ZOE, &["viewer"]).await.created();
    resend(&ada, &first["id"]).await.problem(409, "invitation_pending");
    post.wait(TimeDelta::days(7));
    resend(&ada, &first["id"]).await.ok();
    assert_eq!(ada.get(&path(&second["id"])).await.ok()["state"], "expired");
    resend(&ada, &second["id"]).await.problem(409, "invitation_pending");
}

#[actix_web::test]
async fn what_was_answered_is_not_sent_again() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let accepted = invite(&ada, ZOE, &["member"]).await.created();
    let token = post.token(ZOE).await;
    accept(&post.person("Zoe").await, &token).await.ok();
    let declined = invite(&ada, "una@example.com", &["member"]).await.created();
    let token = post.token("una@example.com").await;
    post.decline(&token).await.no_content();
    for made in [&accepted, &declined] {
        resend(&ada, &made["id"]).await.problem(409, "invitation_closed");
        ada.delete(&path(&made["id"])).await.problem(409, "invitation_closed");
    }
}

#[actix_web::test]
async fn who_has_joined_by_another_way_is_not_written_to_again() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let made = invite(&ada, ZOE, &["member"]).await.created();
    post.member(&ada, "Zoe", "viewer").await;
    resend(&ada, &made["id"]).await.problem(409, "already_member");
}

/// A role that is to be given cannot vanish under the invitation.
#[actix_web::test]
async fn a_role_that_a_pending_invitation_gives_cannot_be_removed() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    post.role(&ada, "clerk", &["members:read"]).await;
    let roles = ada.get("/roles").await.ok();
    let clerk = roles["items"].as_array().unwrap().iter().find(|it| it["key"] == "clerk").unwrap();
    let clerk = format!("/roles/{}", clerk["id"].as_str().unwrap());
    let made = invite(&ada, ZOE, &["clerk", "viewer"]).await.created();
    ada.delete(&clerk).await.problem(409, "role_in_use");
    post.wait(TimeDelta::days(7));
    ada.delete(&clerk).await.no_content();
    resend(&ada, &made["id"]).await.problem(409, "invitation_closed");
    invite(&ada, "una@example.com", &["clerk"]).await.problem(422, "validation_failed");
}
