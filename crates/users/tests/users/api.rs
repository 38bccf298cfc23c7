//! One's own account, read.

use kernel::UserId;
use serde_json::json;

use crate::{ME, ada, app, delete, read};

#[actix_web::test]
async fn an_owner_sees_their_account_and_nothing_that_is_not_theirs_to_see() {
    let app = app().await;
    let me = ada(&app).await;
    let answer = me.get(ME).await;

    assert_eq!((answer.header("etag"), answer.header("cache-control")), ("\"1\"", "no-store"));
    let expected = json!({
        "id": me.user(),
        "email": "ada@example.com",
        "email_verified": false,
        "name": "Ada Lovelace",
        "locale": "en",
        "time_zone": "UTC",
        "status": "active",
        "created_at": "2026-11-20T12:00:00Z",
        "updated_at": "2026-11-20T12:00:00Z",
        "version": 1,
    });
    assert_eq!(answer.ok(), expected);
}

/// ASVS 8.2.1.
#[actix_web::test]
async fn a_stranger_has_no_account() {
    let app = app().await;
    let me = ada(&app).await;
    for nobody in [me.stranger(), me.forged()] {
        let answer = nobody.get(ME).await;
        assert!(!answer.header("www-authenticate").is_empty() && !answer.text.contains("example"));
        assert_eq!(answer.status, 401);
        assert_eq!(nobody.patch(ME, json!({ "name": 7 })).await.status, 401, "401 before 422");
    }
}

/// A1: whose account it is comes from the token and from nowhere else.
#[actix_web::test]
async fn each_owner_sees_their_own_account() {
    let app = app().await;
    let (me, other) = (ada(&app).await, crate::create(&app, "zoe@example.com").await.unwrap());
    let zoe = app.sign_in(other.id, &[]);
    assert_eq!(read(&me).await["email"], "ada@example.com");
    assert_eq!(read(&zoe).await["email"], "zoe@example.com");
    zoe.patch(ME, json!({ "name": "Zoe" })).await.ok();
    assert_eq!(read(&me).await["name"], "Ada Lovelace");
}

#[actix_web::test]
async fn who_has_no_account_any_more_finds_none() {
    let app = app().await;
    let me = ada(&app).await;
    delete(&app, me.user()).await.unwrap();
    for gone in [&me, &app.staff(&[]), &app.sign_in(UserId(uuid_of(7)), &[])] {
        gone.get(ME).await.problem(404, "not_found");
        gone.patch(ME, json!({ "name": "Ghost" })).await.problem(404, "not_found");
    }
}

#[actix_web::test]
async fn who_has_the_version_already_gets_no_body() {
    let app = app().await;
    let me = ada(&app).await;
    for known in ["\"1\"", "W/\"1\"", "\"7\", \"1\"", "*"] {
        let answer = me.with("if-none-match", known).get(ME).await;
        assert_eq!((answer.status, answer.header("etag")), (304, "\"1\""), "{known}");
        assert!(answer.text.is_empty(), "{known}");
    }
    for other in ["\"2\"", "1", "", "nonsense"] {
        me.with("if-none-match", other).get(ME).await.ok();
    }
}

#[actix_web::test]
async fn reading_ones_account_costs_one_statement() {
    let app = app().await;
    let me = ada(&app).await;
    let before = app.database.statements();
    read(&me).await;
    assert_eq!(app.database.statements() - before, 1);
}

#[actix_web::test]
async fn one_may_read_and_patch_ones_account_and_nothing_else() {
    let app = app().await;
    let me = ada(&app).await;
    let refused = me.post(ME, json!({})).await;
    assert_eq!(refused.header("allow"), "GET, HEAD, OPTIONS, PATCH");
    refused.problem(405, "method_not_allowed");
}

fn uuid_of(number: u128) -> sea_orm::prelude::Uuid {
    sea_orm::prelude::Uuid::from_u128(number)
}
