//! Who may call from a browser, and where callers are said to come from.

use reqwest::Method;
use serde_json::json;

use crate::harness::Server;

const ALLOWED: &str = "https://app.groundwork.test";

/// ASVS 3.4.2.
#[actix_web::test]
async fn pages_of_a_configured_origin_may_call_and_no_others() {
    let server = Server::start().await;
    let client = server.stranger();
    for origin in [
        ALLOWED,
        "https://evil.test",
        "null",
        "https://app.groundwork.test.evil.test",
        "http://app.groundwork.test",
    ] {
        let asked = [
            ("origin", origin),
            ("access-control-request-method", "PATCH"),
            ("access-control-request-headers", "authorization, if-match, idempotency-key"),
        ];
        let preflight = client.send(Method::OPTIONS, "/api/v1/users/me", &asked, "").await;
        let called = client.send(Method::GET, "/livez", &[("origin", origin)], "").await;
        let refused = client.send(Method::GET, "/api/v1/users/me", &[("origin", origin)], "").await;
        assert_eq!(refused.status, 401);
        let allowed = if origin == ALLOWED { ALLOWED } else { "" };
        for answer in [&preflight, &called, &refused] {
            assert_eq!(answer.header("access-control-allow-origin"), allowed, "{origin}");
            assert_eq!(answer.header("access-control-allow-credentials"), "");
        }
        assert!(origin != ALLOWED || called.header("vary").to_lowercase().contains("origin"));
    }
    server.stop().await;
}

/// ASVS 4.1.3: here the test itself is the trusted proxy.
#[actix_web::test]
async fn the_audit_log_names_the_client_behind_a_trusted_proxy() {
    let server = Server::start().await;
    let administrator = server.administrator().await;
    let headers =
        [("content-type", "application/json"), ("x-forwarded-for", "6.6.6.6, 203.0.113.9")];
    let name = json!({ "name": "Root" }).to_string();
    administrator.send(Method::PATCH, "/api/v1/users/me", &headers, name).await.ok();

    let log = administrator.get("/api/v1/audit-log?action=user.updated").await.ok();
    assert_eq!(log["items"][0]["ip"], "203.0.113.9");
    server.stop().await;
}
