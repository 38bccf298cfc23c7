//! Bad input, to every operation of the document: each the problem of the contract, never a 5xx.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    contracts::{NOTHING, Operation, operations_for},
    harness::{Client, Server},
};

/// What no operation takes as its body, and the statuses that are right.
fn bodies() -> Vec<(&'static str, String, &'static [u16])> {
    let deep = "[".repeat(200) + &"]".repeat(200);
    let deeper = r#"{"a":"#.repeat(200) + "1" + &"}".repeat(200);
    let many = (0..5000).map(|n| format!("\"k{n}\":{n}")).collect::<Vec<_>>().join(",");
    vec![
        ("nothing", String::new(), &[400]),
        ("half", r#"{"email":"#.into(), &[400]),
        ("rubbish", "not json".into(), &[400]),
        ("two values", "{}{}".into(), &[400]),
        ("a name twice", r#"{"email":"a","email":"b"}"#.into(), &[400]),
        ("NaN", r#"{"email":NaN}"#.into(), &[400]),
        ("a number beyond numbers", r#"{"email":1e400}"#.into(), &[400]),
        ("depth 200", deep, &[400]),
        ("depth 200 of objects", deeper, &[400]),
        ("a lone surrogate", r#"{"email":"\ud800"}"#.into(), &[400]),
        ("a byte order mark", "\u{feff}{}".into(), &[400]),
        ("NUL", r#"{"email":"a\u0000b@example.com"}"#.into(), &[422]),
        ("an escape", r#"{"name":"\u001b[2J"}"#.into(), &[422]),
        ("an array", "[]".into(), &[422]),
        ("a string", r#""text""#.into(), &[422]),
        ("null", "null".into(), &[422]),
        ("an unknown member", r#"{"surprise":true}"#.into(), &[422]),
        ("5000 unknown members", format!("{{{many}}}"), &[413, 422]),
        ("wrong types", r#"{"email":7,"password":[],"name":{},"token":1,"refresh_token":false,"locale":{}}"#.into(), &[422]),
        ("mass assignment", r#"{"id":"x","role":"administrator","is_admin":true,"email_verified":true,"version":9,"password_hash":"x"}"#.into(), &[422]),
        ("1 MiB", format!(r#"{{"email":"{}"}}"#, "a".repeat(1 << 20)), &[413]),
    ]
}

/// A17, A25, A6, ASVS 2.2.1, 15.3.3: every operation that reads a body.
#[actix_web::test]
async fn no_body_however_bad_is_our_fault() {
    let server = Server::start().await;
    let client = server.administrator().await;
    let mut tried = 0;
    let operations = operations_for(&server, &client).await;
    // OFREP has refusals of its own, and a context may hold anything.
    let ours = |it: &Operation| it.has_body && !it.path.contains("/ofrep/");
    for operation in operations.into_iter().filter(ours) {
        for (what, body, right) in bodies() {
            let method = operation.method.clone();
            let answer = client.json(method.clone(), &operation.path, &body).await;
            let told = format!("{} {} {what}: {}", operation.method, operation.path, answer.text);
            // What a patch makes of a thing that is not there cannot be judged.
            let missing = method == Method::PATCH && operation.path.contains(NOTHING);
            let right = right.contains(&answer.status) || (missing && answer.status == 404);
            assert!(right, "{told}");
            assert_eq!(answer.body["status"], answer.status, "{told}");
            assert!(!answer.text.contains("password_hash\":\"x"), "{told}");
            tried += 1;
        }
    }
    assert!(tried >= 100, "only {tried} were tried");
    server.stop().await;
}

/// ASVS 3.5.2, 5.2.3, A16: what is not plain JSON is not read at all.
#[actix_web::test]
async fn another_type_or_encoding_is_refused_unread() {
    let server = Server::start().await;
    let client = server.administrator().await;
    let operations = operations_for(&server, &client).await;
    for operation in operations.into_iter().filter(|it| it.has_body) {
        for headers in [
            &[("content-type", "text/plain")][..],
            &[("content-type", "application/x-www-form-urlencoded")],
            &[],
            &[("content-type", "application/json"), ("content-encoding", "gzip")],
            &[("content-type", "application/json"), ("content-encoding", "br")],
        ] {
            let method = operation.method.clone();
            let answer = client.send(method, &operation.path, headers, "{}").await;
            answer.problem(415, "unsupported_media_type");
        }
    }
    server.stop().await;
}

/// A18, ASVS 15.3.7, 1.4.2.
#[actix_web::test]
async fn no_query_however_bad_is_our_fault() {
    let server = Server::start().await;
    let client = server.administrator().await;
    for (query, status) in [
        ("limit=0", 422),
        ("limit=101", 422),
        ("limit=-1", 422),
        ("limit=9223372036854775808", 422),
        ("limit=ten", 422),
        ("limit=1&limit=99", 422),
        ("sort=password", 422),
        ("sort=", 422),
        ("count=all", 422),
        ("colour=red", 422),
        ("cursor=AAAA", 400),
        ("cursor=%00", 400),
        ("cursor=%ff", 400),
        ("actor_id=1", 422),
        ("from=yesterday", 422),
        ("from=10000-01-01T00:00:00Z", 422),
        ("action='%20or%201=1--", 200),
        ("action=%25", 200),
        ("action=a%0d%0aSet-Cookie:x", 400),
    ] {
        let answer = client.get(&format!("/api/v1/audit-log?{query}")).await;
        assert_eq!(answer.status, status, "{query}: {}", answer.text);
        assert!(status != 200 || answer.body["items"] == json!([]), "{query}: {}", answer.text);
    }
    server.stop().await;
}

#[actix_web::test]
async fn unknown_places_and_methods_are_told_as_such() {
    let server = Server::start().await;
    let client = server.administrator().await;
    for path in [
        "/",
        "/api",
        "/api/v1",
        "/api/v1/nowhere",
        "/api/v2/users/me",
        "/api/v1/users/me/",
        "/links",
        "/.env",
        "/api/v1/%252e%252e/users",
        "/%ff%00",
    ] {
        client.get(path).await.problem(404, "not_found");
    }
    let operations = operations_for(&server, &client).await;
    for operation in &operations {
        // The last segment may be another operation's parameter.
        let known = |method: &Method| {
            operations.iter().any(|it| it.takes(&operation.path) && it.method == *method)
        };
        for method in [Method::PUT, Method::TRACE, Method::from_bytes(b"PROPFIND").unwrap()] {
            if known(&method) {
                continue;
            }
            let answer = client.send(method, &operation.path, &[], "").await;
            let allowed = answer.header("allow").to_owned();
            assert!(allowed.contains(operation.method.as_str()), "{}: {allowed}", operation.path);
            answer.problem(405, "method_not_allowed");
        }
        let answer = client.send(Method::OPTIONS, &operation.path, &[], "").await;
        assert_eq!((answer.status, answer.header("allow").contains("OPTIONS")), (204, true));
    }
    server.stop().await;
}

/// A25: headers that are none.
#[actix_web::test]
async fn malformed_tokens_are_refused_everywhere_alike() {
    let server = Server::start().await;
    for header in [
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "Bearer a.b.c",
        "Bearer \u{e9}",
        "bearer x y",
        &format!("Bearer {}", "a".repeat(4000)),
    ] {
        for path in ["/api/v1/users/me", "/api/v1/auth/login", "/api/v1/nowhere"] {
            let headers = [("authorization", header)];
            let answer = server.stranger().send(Method::GET, path, &headers, "").await;
            answer.problem(401, "invalid_token");
        }
    }
    server.stop().await;
}

/// ASVS 4.2.1, A22: what two parsers could take for one request or for two.
#[actix_web::test]
async fn ambiguous_requests_are_refused_and_the_connection_closed() {
    let server = Server::start().await;
    let smuggled = "0\r\n\r\nGET /livez HTTP/1.1\r\nHost: a\r\n\r\n";
    for head in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Content-Length: +5\r\n",
    ] {
        let request =
            format!("POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\n{head}\r\n{smuggled}");
        let answer = raw(server.address(), &request).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{head}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{head}: {answer}");
    }
    server.stop().await;
}

/// ASVS 16.5.1, 13.4.2.
#[actix_web::test]
async fn a_refusal_says_nothing_of_how_we_are_made() {
    let server = Server::start().await;
    let told = refusals(&server.stranger()).await;
    for word in ["sea_orm", "sqlx", "SELECT", "select ", ".rs:", "/root", "panicked", "serde"] {
        assert!(!told.to_string().contains(word), "{word}: {told}");
    }
    server.stop().await;
}

async fn refusals(client: &Client) -> Value {
    let wrong = json!({ "email": "'; drop table users; --", "password": "x" });
    let login = client.post("/api/v1/auth/login", wrong).await.problem(401, "invalid_credentials");
    let misfit = client.post("/api/v1/auth/register", json!({ "email": 1 })).await;
    json!([login, misfit.problem(422, "validation_failed")])
}

async fn raw(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let reading = stream.read_to_end(&mut answer);
    tokio::time::timeout(std::time::Duration::from_secs(8), reading).await.expect("it closes").ok();
    String::from_utf8_lossy(&answer).into_owned()
}
