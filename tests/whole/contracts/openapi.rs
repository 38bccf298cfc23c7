//! The document is what clients build on: it changes on purpose or not at all.

use std::{env, fs};

use serde_json::Value;

use crate::harness::Server;

const SNAPSHOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");

/// With `UPDATE_SNAPSHOTS` set, the new document becomes the one that is held to.
#[actix_web::test]
async fn the_document_is_the_one_that_was_agreed_on() {
    let server = Server::start().await;
    let served = server.stranger().get("/openapi.json").await.ok();
    server.stop().await;
    let written = serde_json::to_string_pretty(&served).unwrap() + "\n";
    if env::var("UPDATE_SNAPSHOTS").is_ok() {
        fs::write(SNAPSHOT, &written).unwrap();
    }
    let agreed = fs::read_to_string(SNAPSHOT).unwrap_or_default();
    assert!(agreed == written, "the document has changed: look at it with UPDATE_SNAPSHOTS=1");
}

/// ASVS 2.1.1, 1.3.3: every text that comes in has a bound, and every operation a name of its own.
#[actix_web::test]
async fn every_text_has_a_bound_and_every_operation_a_name() {
    let server = Server::start().await;
    let document = server.stranger().get("/openapi.json").await.ok();
    server.stop().await;
    let mut names = std::collections::BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|(_, it)| it.is_object())
        {
            let name = operation["operationId"].as_str().unwrap_or_default();
            assert!(names.insert(name.to_owned()), "{method} {path}: {name} is not its own name");
            assert_eq!(document["openapi"], "3.1.0");
            assert!(operation["summary"].is_string() && operation["tags"].is_array(), "{name}");
            assert!(operation["responses"]["default"].is_object(), "{name}");
            for parameter in operation["parameters"].as_array().unwrap_or(&Vec::new()) {
                bounded(&parameter["schema"], &format!("{name} {}", parameter["name"]));
            }
            let body = &operation["requestBody"]["content"];
            let files = ["text/csv", "application/x-ndjson"]; // their rows are the product's own
            let read = body.as_object().into_iter().flatten();
            for (_, content) in read.filter(|(kind, _)| !files.contains(&kind.as_str())) {
                let schema = content["schema"]["$ref"].as_str().unwrap_or_default();
                let schema = schema.rsplit('/').next().unwrap_or_default();
                let schema_of = &document["components"]["schemas"][schema];
                if schema_of["additionalProperties"].is_object() {
                    continue; // its members are named by data, and have schemas of their own
                }
                let members = &schema_of["properties"];
                assert!(members.is_object(), "{name} reads an unknown {schema}");
                for (member, rules) in members.as_object().unwrap() {
                    bounded(rules, &format!("{schema} {member}"));
                }
            }
        }
    }
}

fn bounded(schema: &Value, what: &str) {
    let is_text = |kind: &Value| {
        kind == "string" || kind.as_array().is_some_and(|it| it.contains(&"string".into()))
    };
    let named = ["uuid", "date-time"].iter().any(|format| schema["format"] == *format);
    let bound = schema["maxLength"].is_u64()
        || schema["enum"].is_array()
        || named
        || schema["pattern"].is_string();
    assert!(!is_text(&schema["type"]) || bound, "{what} has no bound: {schema}");
}

#[actix_web::test]
async fn every_reference_leads_somewhere_and_every_answer_is_described() {
    let server = Server::start().await;
    let document = server.stranger().get("/openapi.json").await.ok();
    server.stop().await;
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1).filter_map(|it| it.split('"').next()) {
        assert!(document.pointer(reference).is_some(), "{reference} leads nowhere");
    }
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|(_, it)| it.is_object())
        {
            for (status, answer) in operation["responses"].as_object().unwrap() {
                let described = answer["description"].as_str().is_some_and(|it| !it.is_empty());
                let problem = answer["content"]["application/problem+json"].is_object();
                assert!(described, "{method} {path} {status}");
                assert!(!status.starts_with('4') || problem, "{method} {path} {status}");
            }
        }
    }
}

/// ASVS 6.4.2, 6.4.6: no hint and no secret question is asked for, and nobody sets another's password.
#[actix_web::test]
async fn no_operation_takes_a_hint_and_none_of_administrators_a_password() {
    let server = Server::start().await;
    let document = server.stranger().get("/openapi.json").await.ok();
    server.stop().await;
    let mut privileged = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|(_, it)| it.is_object())
        {
            let content = operation["requestBody"]["content"].as_object();
            for body in content.into_iter().flat_map(|it| it.values()) {
                let schema = body["schema"]["$ref"].as_str().unwrap_or_default();
                let schema =
                    document.pointer(schema.trim_start_matches('#')).unwrap_or(&Value::Null);
                let members = schema["properties"].as_object();
                for member in members.into_iter().flat_map(|it| it.keys()) {
                    let hint = ["hint", "question", "answer"].iter().any(|it| member.contains(it));
                    assert!(!hint, "{method} {path} asks for {member}");
                    let anothers = operation["x-permission"].is_string();
                    privileged += usize::from(anothers);
                    assert!(!anothers || !member.contains("password"), "{method} {path} {member}");
                }
            }
        }
    }
    assert!(privileged > 10, "hardly any operation takes a permission: {privileged}");
}
