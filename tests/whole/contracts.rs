//! What holds for every operation, generated from the document.

mod audited;
mod browsers;
mod catalogue;
mod crates;
mod environment;
mod exports;
mod neighbours;
mod openapi;
mod permissions;
mod requests;
mod retries;
mod world;

use kernel::Ground;
use reqwest::Method;
use serde_json::json;

use crate::harness::{Client, Server};

/// An id that nothing has.
pub const NOTHING: &str = "01900000-0000-7000-8000-000000000000";

/// An operation of the document, its path also filled in with ids that nothing has.
pub struct Operation {
    pub method: Method,
    pub pattern: String,
    pub path: String,
    pub posture: String,
    /// Whether it reads JSON; files are another matter.
    pub has_body: bool,
}

impl Operation {
    /// Whether this path is one of its pattern's.
    pub fn takes(&self, path: &str) -> bool {
        let (pattern, path) = (self.pattern.split('/'), path.split('/'));
        let fits = |(wanted, given): (&str, &str)| wanted == given || wanted.starts_with('{');
        pattern.clone().count() == path.clone().count() && pattern.zip(path).all(fits)
    }
}

/// Every operation that this server documents, those of an organization in one of the caller's own.
pub async fn operations_for(server: &Server, caller: &Client) -> Vec<Operation> {
    let made = caller.post("/api/v1/organizations", json!({ "name": "Acme" })).await.created();
    let organization = made["id"].as_str().unwrap();
    let mut all = operations(server);
    for operation in &mut all {
        let path =
            operation.path.replacen(&format!("organizations/{NOTHING}"), "organizations/{}", 1);
        operation.path = path.replace("{}", organization);
    }
    all
}

/// Every operation that this server documents.
pub fn operations(server: &Server) -> Vec<Operation> {
    operations_of(&server.running.ground)
}

/// Every operation of a document.
pub fn operations_of(ground: &Ground) -> Vec<Operation> {
    let document = serde_json::to_value(ground.document()).unwrap();
    let mut all = Vec::new();
    for (pattern, item) in document["paths"].as_object().unwrap() {
        let somewhere = |segment| if str::starts_with(segment, '{') { NOTHING } else { segment };
        let path: Vec<_> = pattern.split('/').map(somewhere).collect();
        for (method, operation) in item.as_object().unwrap() {
            let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes()) else { continue };
            let content = operation["requestBody"]["content"].as_object();
            let mut types = content.into_iter().flat_map(|it| it.keys());
            let Some(posture) = operation["x-posture"].as_str() else { continue };
            all.push(Operation {
                method,
                pattern: pattern.clone(),
                path: path.join("/"),
                posture: posture.to_owned(),
                has_body: types.any(|it| it.ends_with("json") && !it.contains("ndjson")),
            });
        }
    }
    assert!(all.len() >= 10, "the document is nearly empty");
    all
}

/// ASVS 8.3.1: without a token nobody gets past a door that is not everybody's, whatever the body.
#[actix_web::test]
async fn strangers_are_sent_away_from_every_operation_that_is_not_public() {
    let server = Server::start().await;
    let mut tried = 0;
    for operation in operations(&server).into_iter().filter(|it| it.posture != "anyone") {
        let answer = server.stranger().json(operation.method, &operation.path, "not json").await;
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        answer.problem(401, "not_authenticated");
        tried += 1;
    }
    assert!(tried >= 5);
    server.stop().await;
}

/// ASVS 3.4.3–3.4.6, 14.3.2, 13.4.6: on every answer, ours or the framework's.
#[actix_web::test]
async fn every_answer_has_the_headers_that_protect_it() {
    let server = Server::start().await;
    let client = server.administrator().await;
    server.running.ground.end_streams(); // or we would listen for ever
    let paths = ["/docs/", "/openapi.json", "/links/style.css", "/nowhere", "/metrics"];
    let documented = operations(&server).into_iter().filter(|it| it.method == Method::GET);
    for path in documented.map(|it| it.path).chain(paths.map(str::to_owned)) {
        let answer = client.get(&path).await;
        for (name, value) in
            [("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer")]
        {
            assert_eq!(answer.header(name), value, "{path}");
        }
        assert!(answer.header("content-security-policy").contains("default-src"), "{path}");
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
        assert_eq!(answer.header("server"), "", "{path}");
        if path.starts_with("/api/") {
            assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        }
    }
    server.stop().await;
}
