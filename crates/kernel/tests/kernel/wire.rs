//! What crosses the wire: strict bodies, one shape of refusal, headers that are always there.

use actix_web::http::Method;
use kernel::testing::{Answer, App};
use serde_json::json;

use crate::demo::{READ, WRITE, app};

const ECHO: &str = "/api/v1/demo/echo";

async fn echo(app: &App, body: impl Into<actix_web::web::Bytes>) -> Answer {
    app.stranger().send(Method::POST, ECHO, body).await
}

/// ASVS 4.1.4, V4.1.1: a known path with another method, and what it does take.
#[actix_web::test]
async fn another_method_is_told_which_there_are() {
    let app = app().await;
    for method in
        [Method::DELETE, Method::PUT, Method::TRACE, Method::from_bytes(b"PROPFIND").unwrap()]
    {
        let refused = app.stranger().send(method, "/api/v1/demo/cellar", "").await;
        assert_eq!(refused.header("allow"), "GET, HEAD, OPTIONS, POST");
        refused.problem(405, "method_not_allowed");
    }
    let member = app.member(&[READ]);
    let refused =
        member.send(Method::PUT, "/things/01900000-0000-7000-8000-000000000000", "").await;
    assert_eq!(refused.header("allow"), "DELETE, GET, HEAD, OPTIONS, PATCH");
    refused.problem(405, "method_not_allowed");
}

#[actix_web::test]
async fn options_tells_the_methods_to_anybody() {
    let app = app().await;
    for (path, allow) in
        [("/api/v1/demo/echo", "OPTIONS, POST"), ("/things", "GET, HEAD, OPTIONS, POST")]
    {
        let told = app.stranger().send(Method::OPTIONS, path, "").await;
        assert_eq!(told.header("allow"), allow);
        assert_eq!(told.text, "");
        told.no_content();
    }
    app.stranger().send(Method::OPTIONS, "/api/v1/nowhere", "").await.problem(404, "not_found");
}

#[actix_web::test]
async fn an_unknown_route_is_not_found() {
    let app = app().await;
    for path in ["/api/v1/nowhere", "//", "//nowhere", "/api/v2/demo/open", "/api/v1/demo/open/"] {
        app.stranger().get(path).await.problem(404, "not_found");
    }
    for path in ["//api//v1/demo/open", "/api/v1/demo/%6fpen%00", "/api/v1/demo/..%2fdemo/open"] {
        app.stranger().get(path).await.problem(404, "not_found");
    }
    app.member(&[READ]).get("/nowhere").await.problem(404, "not_found");
}

/// A17, ASVS 1.5.2, 1.5.3, 1.4.2: what two parsers could read in two ways is refused.
#[actix_web::test]
async fn a_body_that_is_not_one_clear_value_is_malformed() {
    let app = app().await;
    let deep = format!("{{\"name\":{}1{}}}", "[".repeat(200), "]".repeat(200));
    let bodies: [&[u8]; 13] = [
        b"",
        b"{",
        b"{}x",
        b"{\"name\":\"a\",\"name\":\"b\"}",
        deep.as_bytes(),
        b"\"\x00\"",
        b"{\"name\":\"\\ud800\"}",
        b"\xef\xbb\xbf{\"name\":\"a\"}",
        b"{\"name\":\"\xff\"}",
        b"{\"rank\":NaN}",
        b"{\"rank\":1e400}",
        b"{\"rank\":01}",
        b"\xff\xfe{\x00}\x00",
    ];
    for body in bodies {
        let told = echo(&app, body.to_vec()).await.problem(400, "malformed_body");
        assert!(told["detail"].as_str().unwrap().contains("line"), "{told}");
    }
}

/// A17, ASVS 1.3.3, 1.4.2, 2.2.1: each fault is told by its place and never by its value.
#[actix_web::test]
async fn a_body_that_breaks_the_rules_is_told_where() {
    let app = app().await;
    for (body, pointer, code) in [
        (r#"{"name":"a","colour":"red"}"#, "/colour", "unknown_field"),
        (r#"{"name":"a","rank":"seven, expected secret"}"#, "/rank", "type"),
        (r#"{"name":"a","rank":18446744073709551616}"#, "/rank", "type"),
        (r#"{"name":"a","rank":2147483648}"#, "/rank", "type"),
        (r#"{"name":"a","rank":1.5}"#, "/rank", "type"),
        (r#"{"name":"secret\u0000"}"#, "/name", "control_character"),
        (r#"{"name":"a","note":"\u001b[2J"}"#, "/note", "control_character"),
        (r#"{"rank":1}"#, "/name", "required"),
        (r#"{"name":""}"#, "/name", "length"),
        (r#"{"name":"a name of a secret and more"}"#, "/name", "length"),
        (r#"["a"]"#, "", "type"),
        ("null", "", "type"),
    ] {
        let told = echo(&app, body).await.problem(422, "validation_failed");
        let fault = &told["errors"][0];
        assert_eq!((&fault["pointer"], &fault["code"]), (&json!(pointer), &json!(code)), "{body}");
        assert!(!told.to_string().contains("secret"), "{told}");
    }
    assert_eq!(echo(&app, "{\"name\":\"Zoe\u{308}\"}").await.ok()["name"], "Zo\u{eb}", "NFC");
}

/// A16, A17, ASVS 5.2.1: too long is told before it is read.
#[actix_web::test]
async fn a_body_of_sixty_four_kibibytes_is_read_and_one_byte_more_is_not() {
    let app = app().await;
    let body = |length: usize| format!("{{\"name\":\"a\"{}}}", " ".repeat(length - 12));
    echo(&app, body(64 * 1024)).await.ok();
    echo(&app, body(64 * 1024 + 1)).await.problem(413, "too_large");
    echo(&app, body(10 * 1024 * 1024)).await.problem(413, "too_large");
}

/// A16, ASVS 3.5.2: nothing is unpacked, and what a form could send is no JSON.
#[actix_web::test]
async fn a_body_of_another_type_or_encoding_is_refused() {
    let app = app().await;
    let post = async |name: &str, value: &str| {
        let sender = app.stranger().with(name, value);
        sender.send(Method::POST, ECHO, "{\"name\":\"a\"}").await
    };
    for encoding in ["gzip", "br", "deflate", "zstd", "GZIP", "identity, gzip", ""] {
        let refused = post("content-encoding", encoding).await;
        refused.problem(415, "unsupported_media_type");
    }
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "", "json"]
    {
        post("content-type", kind).await.problem(415, "unsupported_media_type");
    }
    post("content-encoding", "identity").await.ok();
    post("content-type", "Application/JSON; charset=utf-8").await.ok();
    app.stranger()
        .with("content-encoding", "gzip")
        .get("/api/v1/demo/open")
        .await
        .problem(415, "unsupported_media_type");
}

/// A25, ASVS 16.5.3: a mistake of ours is one 500, and the next request is served.
#[actix_web::test]
async fn a_handler_that_panics_is_one_answer_and_not_the_end() {
    let app = app().await;
    for _ in 0..3 {
        let told = app.stranger().get("/api/v1/demo/panic").await.problem(500, "internal");
        assert!(!told.to_string().contains("mistake"), "{told}");
    }
    app.stranger().get("/api/v1/demo/open").await.no_content();
}

/// ASVS 3.4.3–3.4.6, 14.3.2: whatever is answered.
#[actix_web::test]
async fn every_answer_has_the_headers_that_protect_it() {
    let app = app().await;
    let stranger = app.stranger();
    for answer in [
        stranger.get("/api/v1/demo/open").await,
        stranger.get("/api/v1/nowhere").await,
        stranger.delete("/api/v1/demo/open").await,
        stranger.get("/api/v1/demo/own").await,
        stranger.get("/api/v1/demo/panic").await,
        stranger.with("content-encoding", "gzip").get("/api/v1/demo/open").await,
        stranger.send(Method::OPTIONS, "/api/v1/demo/open", "").await,
        app.staff(&[]).get("/api/v1/demo/own").await,
    ] {
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        let policy = "default-src 'none'; frame-ancestors 'none'";
        assert_eq!(answer.header("content-security-policy"), policy);
        assert_eq!(answer.header("x-request-id").len(), 36);
        assert_eq!(answer.header("server"), "");
    }
    assert_eq!(app.staff(&[]).get("/api/v1/demo/own").await.header("cache-control"), "no-store");
    assert_eq!(stranger.get("/api/v1/demo/panic").await.header("cache-control"), "no-store");
    assert_eq!(stranger.get("/api/v1/demo/open").await.header("cache-control"), "");
}

/// A20: what a request is called is taken over only where no log could be fooled by it.
#[actix_web::test]
async fn a_sane_request_id_is_taken_over_and_another_is_not() {
    let app = app().await;
    let called = async |id: &str| {
        let answer = app.stranger().with("x-request-id", id).get("/api/v1/demo/own").await;
        let name = answer.header("x-request-id").to_owned();
        assert_eq!(answer.problem(401, "not_authenticated")["request_id"], *name);
        name
    };
    assert_eq!(called("journey-0001").await, "journey-0001");
    for odd in [
        "short",
        "with blank",
        "a\tb-c-d-e-f",
        "<script>alert</script>",
        &"a".repeat(65),
        "\u{202e}abcdefgh",
    ] {
        assert_eq!(called(odd).await.len(), 36, "{odd}");
    }
}

#[actix_web::test]
async fn a_version_that_is_known_already_is_not_sent_again() {
    let app = app().await;
    let acme = app.member(&[READ, WRITE]);
    let created = acme.post("/things", json!({ "name": "Anvil" })).await;
    assert_eq!(created.header("etag"), "\"1\"");
    let location = created.header("location").to_owned();
    let body = created.created();

    let shown = acme.get(&location).await;
    assert_eq!(shown.header("etag"), "\"1\"");
    assert_eq!(shown.ok(), body);
    for known in ["\"1\"", "W/\"1\"", "\"7\", \"1\"", "*"] {
        let same = acme.with("if-none-match", known).get(&location).await;
        assert_eq!((same.status, same.header("etag"), &*same.text), (304, "\"1\"", ""), "{known}");
    }
    acme.with("if-none-match", "\"2\"").get(&location).await.ok();
    let patched = acme.with("if-none-match", "*").patch(&location, json!({ "rank": 1 })).await;
    assert_eq!(patched.ok()["version"], 2, "a change is answered whole");
}

/// RFC 7396: absent is kept, `null` is cleared, and the result is checked as a whole.
#[actix_web::test]
async fn a_patch_merges_into_the_document_as_it_is() {
    let app = app().await;
    let acme = app.member(&[READ, WRITE]);
    let new = json!({ "name": "Anvil", "rank": 7, "note": "heavy" });
    let location = acme.post("/things", new).await.header("location").to_owned();
    let merging = acme.with("content-type", "application/merge-patch+json");

    let patched = merging.patch(&location, json!({ "note": null })).await.ok();
    assert_eq!(
        (&patched["note"], &patched["rank"], &patched["version"]),
        (&json!(null), &json!(7), &json!(2))
    );
    let told =
        acme.patch(&location, json!({ "name": null })).await.problem(422, "validation_failed");
    assert_eq!(told["errors"][0]["pointer"], "/name");
    acme.patch(&location, json!({ "version": 9 })).await.problem(422, "validation_failed");
    acme.patch(&location, json!([])).await.problem(422, "validation_failed");
    assert_eq!(acme.get(&location).await.ok(), patched);
}
