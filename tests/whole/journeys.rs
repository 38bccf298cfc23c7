//! What people do, from the first page to the last.

mod catalogue;
mod organizations;

use reqwest::Method;
use serde_json::json;

use crate::harness::{PASSWORD, Server};

#[actix_web::test]
async fn somebody_registers_opens_the_link_signs_in_and_out_again() {
    let server = Server::start().await;
    let stranger = server.stranger();
    let new =
        json!({ "email": "Ada@example.com", "password": PASSWORD, "name": "Ada", "locale": "de" });
    stranger.post("/api/v1/auth/register", new).await.of(202);

    let mail = server.mail.wait_for("Ada@example.com").await;
    assert_eq!(mail.subject, "Bestätige deine Mailadresse");
    let page = mail.link().strip_prefix("https://groundwork.test").unwrap();
    let shown = stranger.get(page).await;
    assert!(shown.text.contains("Confirm address"), "{}", shown.text);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let password = PASSWORD.replace(' ', "+");
    let sent = format!("token={}&password={password}&again={password}", mail.token());
    let done = stranger.send(Method::POST, "/links/verify-email", &form, sent).await;
    assert!(done.status == 200 && done.text.contains("Thank you"), "{}", done.text);

    let (ada, refresh) = stranger.signed_in("ada@EXAMPLE.com").await;
    let me = ada.get("/api/v1/users/me").await;
    assert_eq!(me.header("etag"), "\"2\"");
    assert_eq!(me.ok()["email"], "Ada@example.com");
    let patched = ada.patch("/api/v1/users/me", json!({ "name": "Ada Lovelace" })).await.ok();
    assert_eq!((&patched["name"], &patched["locale"]), (&json!("Ada Lovelace"), &json!("de")));

    let next = json!({ "refresh_token": refresh });
    let tokens = stranger.post("/api/v1/auth/refresh", next).await.ok();
    let ada = ada.bearing(tokens["access_token"].as_str().unwrap());
    ada.post("/api/v1/auth/logout", json!({})).await.of(204);
    ada.get("/api/v1/users/me").await.problem(401, "invalid_token");
    let over = json!({ "refresh_token": tokens["refresh_token"] });
    stranger.post("/api/v1/auth/refresh", over).await.problem(401, "invalid_token");
    server.stop().await;
}

#[actix_web::test]
async fn an_administrator_reads_what_happened_and_others_do_not() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    ada.patch("/api/v1/users/me", json!({ "name": "Ada Lovelace" })).await.ok();

    ada.get("/api/v1/audit-log").await.problem(403, "permission_denied");
    let log = server.administrator().await;
    let page = log.get("/api/v1/audit-log?action=user.updated&count=capped").await.ok();
    let entry = &page["items"][0];
    assert_eq!(page["total"], json!({ "value": 1, "relation": "eq" }));
    assert_eq!(entry["changes"]["name"], json!({ "from": "Ada", "to": "Ada Lovelace" }));
    assert_eq!((&entry["actor"]["type"], &entry["ip"]), (&json!("user"), &json!("127.0.0.1")));
    let info = log.get("/api/v1/system/info").await.ok();
    assert_eq!(info["features"].as_array().unwrap().len(), 9);
    server.stop().await;
}

#[actix_web::test]
async fn somebody_leaves_for_good_and_may_come_back_as_somebody_new() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let first = ada.get("/api/v1/users/me").await.ok()["id"].clone();

    ada.delete("/api/v1/users/me").await.of(204);
    ada.get("/api/v1/users/me").await.problem(401, "invalid_token");
    let login = json!({ "email": "ada@example.com", "password": PASSWORD });
    let refused = server.stranger().post("/api/v1/auth/login", login).await;
    refused.problem(401, "invalid_credentials");

    let again = json!({ "email": "ada@example.com", "password": PASSWORD, "name": "Ada" });
    server.stranger().post("/api/v1/auth/register", again).await.of(202);
    while server.mail.last("ada@example.com").subject != "Confirm your mail address"
        || server.mail.mails().len() < 3
    {
        tokio::task::yield_now().await;
    }
    let token = json!({ "token": server.mail.last("ada@example.com").token() });
    server.stranger().post("/api/v1/auth/verify-email", token).await.of(204);
    let (ada, _) = server.stranger().signed_in("ada@example.com").await;
    assert_ne!(ada.get("/api/v1/users/me").await.ok()["id"], first);
    server.stop().await;
}

/// R10: a mail server that is away is nothing the API's callers notice.
#[actix_web::test]
async fn a_mail_server_that_refuses_is_felt_by_nobody_else() {
    let server = Server::start().await;
    server.mail.refuse(true);
    let new = json!({ "email": "ada@example.com", "password": PASSWORD, "name": "Ada" });
    server.stranger().post("/api/v1/auth/register", new).await.of(202);

    let administrator = server.administrator().await;
    for _ in 0..20 {
        let begun = std::time::Instant::now();
        administrator.patch("/api/v1/users/me", json!({ "name": "Root" })).await.ok();
        assert!(begun.elapsed().as_millis() < 1000);
    }
    let health = server.stranger().get("/readyz").await.ok();
    assert_eq!(health["status"], "ok");
    assert!(server.mail.mails().is_empty());
    server.stop().await;
}
