//! Inviting one.

use chrono::TimeDelta;
use kernel::testing::Actor;
use serde_json::json;

use super::{PUBLIC, ZOE, accept, invite, path, post};
use crate::all;

#[actix_web::test]
async fn an_invitation_is_made_and_its_link_is_mailed() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let seen = post.log(ada.organization).await.len();
    let answer = invite(&ada, "Zoe@Example.com", &["member", "viewer"]).await;
    let location = answer.header("location").to_owned();
    assert_eq!(answer.header("etag"), "\"1\"");
    let made = answer.created();
    assert_eq!(location, format!("{}{}", crate::here(&ada), path(&made["id"])));
    assert_eq!(
        (made["email"].as_str(), made["state"].as_str()),
        (Some("Zoe@Example.com"), Some("pending"))
    );
    assert_eq!(made["roles"], json!(["member", "viewer"]));
    assert_eq!(made["invited_by"], ada.user().to_string());
    assert_eq!(ada.get(&path(&made["id"])).await.ok(), made);

    post.run_jobs().await;
    let mail = post.mail.last("Zoe@example.com");
    assert!(mail.link().starts_with(&format!("{PUBLIC}/links/invitation?token=")));
    assert_eq!(mail.token().len(), 43, "256 bits");
    let log = post.log_since(&ada, seen).await;
    assert_eq!((log.len(), log[0].0.as_str()), (1, "invitation.created"));
    assert!(!log[0].2.to_string().contains("zoe"), "the address has no key yet: {}", log[0].2);
}

#[actix_web::test]
async fn an_address_is_invited_once_at_a_time_however_it_is_written() {
    let post = post().await;
    let (ada, bob) = (post.owner("Ada").await, post.owner("Bob").await);
    invite(&ada, ZOE, &["member"]).await.created();
    for written in [ZOE, "ZOE@example.com", "zoe@EXAMPLE.com", "zoe@ｅxample.com"] {
        invite(&ada, written, &["viewer"]).await.problem(409, "invitation_pending");
    }
    invite(&bob, ZOE, &["member"]).await.created();
}

#[actix_web::test]
async fn a_member_is_not_invited() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    post.member(&ada, "Zoe", "viewer").await;
    invite(&ada, "ZOE@example.com", &["member"]).await.problem(409, "already_member");
    invite(&ada, "ada@example.com", &["member"]).await.problem(409, "already_member");
}

#[actix_web::test]
async fn an_invitation_that_has_expired_makes_way_for_another() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let old = post.invited(&ada, ZOE).await;
    post.wait(TimeDelta::days(7));
    let new = post.invited(&ada, ZOE).await;
    let zoe = post.person("Zoe").await;
    accept(&zoe, &old).await.problem(410, "link_expired");
    accept(&zoe, &new).await.ok();
    let list = ada.get("/invitations").await.ok();
    assert_eq!(all(&list, "state"), ["accepted", "expired"]);
}

/// ASVS 8.2.1: permissions, and other organizations.
#[actix_web::test]
async fn only_who_may_invites_and_only_where_they_belong() {
    let post = post().await;
    let (ada, bob) = (post.owner("Ada").await, post.owner("Bob").await);
    let made = invite(&ada, ZOE, &["member"]).await.created();
    let id = path(&made["id"]);
    for role in ["member", "viewer"] {
        let who = post.member(&ada, role, role).await;
        invite(&who, "new@example.com", &["viewer"]).await.problem(403, "permission_denied");
        who.get("/invitations").await.problem(403, "permission_denied");
        who.get(&id).await.problem(403, "permission_denied");
        who.delete(&id).await.problem(403, "permission_denied");
    }
    for (who, status, code) in
        [(ada.stranger(), 401, "not_authenticated"), (bob.at(ada.organization), 404, "not_found")]
    {
        invite(&who, "new@example.com", &["viewer"]).await.problem(status, code);
        who.get(&id).await.problem(status, code);
    }
    for foreign in [&id, "/invitations/0190a5e4-0000-7000-8000-000000000000", "/invitations/x"] {
        bob.get(foreign).await.problem(404, "not_found");
        bob.delete(foreign).await.problem(404, "not_found");
        bob.post(&format!("{foreign}/resend"), json!({})).await.problem(404, "not_found");
    }
    assert_eq!(ada.get(&id).await.ok(), made);
}

/// ASVS 1.3.11, 2.2.1.
#[actix_web::test]
async fn what_is_no_invitation_is_refused_place_by_place() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    let many: Vec<String> = (0..21).map(|n| format!("role{n}")).collect();
    for (body, pointer) in [
        (json!({ "email": "zoe", "roles": ["member"] }), "/email"),
        (json!({ "email": "zoe@example.com\r\nBcc: x@y.z", "roles": ["member"] }), "/email"),
        (json!({ "email": ZOE, "roles": [] }), "/roles"),
        (json!({ "email": ZOE, "roles": ["member", "member"] }), "/roles"),
        (json!({ "email": ZOE, "roles": many }), "/roles"),
        (json!({ "email": ZOE, "roles": ["member", "king"] }), "/roles/1"),
        (json!({ "email": ZOE, "roles": ["member"], "token": "x" }), "/token"),
        (json!({ "email": ZOE }), "/roles"),
    ] {
        let problem = ada.post("/invitations", body).await.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
}

/// ASVS 6.3.8, A12: who invites learns nothing of who has an account.
#[actix_web::test]
async fn an_address_with_an_account_is_invited_like_one_without() {
    let post = post().await;
    let ada = post.owner("Ada").await;
    post.person("Zoe").await;
    post.unproved("una@example.com").await;
    let mut shapes = Vec::new();
    for address in [ZOE, "una@example.com", "new@example.com"] {
        let answer = invite(&ada, address, &["member"]).await;
        let size = answer.text.len() - address.len();
        shapes.push((answer.status, size, answer.header("etag").to_owned()));
    }
    assert!(shapes.iter().all(|it| *it == shapes[0]), "{shapes:?}");
}

/// A request that is sent twice invites, and mails, once.
#[actix_web::test]
async fn a_request_that_is_sent_again_mails_once() {
    let post = post().await;
    let owner = post.owner("Ada").await;
    let ada: Actor<'_> = owner.with("idempotency-key", "7e57");
    let first = invite(&ada, ZOE, &["member"]).await;
    let again = invite(&ada, ZOE, &["member"]).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(first.created(), again.created());
    post.run_jobs().await;
    assert_eq!(post.mail.mails().len(), 1);
}
