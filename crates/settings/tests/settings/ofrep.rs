//! Flags as stock clients of OpenFeature ask for them (OFREP 0.3.0).

use actix_web::http::Method;
use kernel::testing::{Actor, Answer};
use serde_json::{Value, json};

use crate::{
    HERE, PLATFORM, admin,
    flags::{NEWS, app, but_for, news},
    operator, set,
};

const ALL: &str = "/ofrep/v1/evaluate/flags";
const ONE: &str = "/ofrep/v1/evaluate/flags/demo.news";

/// What the flag is for a targeting key, its own member alone.
async fn value(who: &Actor<'_>, targeting_key: &str) -> bool {
    let context = json!({ "context": { "targetingKey": targeting_key } });
    who.post(ONE, context).await.ok()["value"].as_bool().unwrap()
}

/// The flag as it is for who asks.
async fn own(who: &Actor<'_>) -> Value {
    who.post(ONE, json!({ "context": {} })).await.ok()
}

fn flag(value: bool, reason: &str, source: &str) -> Value {
    let variant = if value { "on" } else { "off" };
    json!({
        "key": "demo.news",
        "value": value,
        "variant": variant,
        "reason": reason,
        "metadata": { "source": source },
    })
}

/// A failure as the protocol writes it.
#[track_caller]
fn failure(answer: Answer, status: u16, code: &str) -> Value {
    assert_eq!(answer.header("content-type"), "application/json");
    let body = answer.of(status);
    assert_eq!(body["errorCode"], code, "{body}");
    assert!(body["errorDetails"].is_string());
    body
}

#[actix_web::test]
async fn a_flag_is_answered_with_its_reason() {
    let app = app().await;
    let (root, ada) = (operator(&app), admin(&app));
    assert_eq!(own(&ada).await, flag(false, "STATIC", "default"));
    set(&root, PLATFORM, &NEWS, json!({ "state": "on" })).await;
    assert_eq!(own(&ada).await, flag(true, "STATIC", "platform"));
    set(&root, PLATFORM, &NEWS, but_for("on", &ada, "off")).await;
    assert_eq!(own(&ada).await, flag(false, "TARGETING_MATCH", "platform"));
    for (percentage, value) in [(0, false), (100, true)] {
        let split = json!({ "state": "split", "percentage": percentage, "by": "user" });
        set(&root, PLATFORM, &NEWS, split).await;
        assert_eq!(own(&ada).await, flag(value, "SPLIT", "platform"));
    }
    set(&ada, HERE, &NEWS, json!({ "state": "off" })).await;
    assert_eq!(own(&ada).await, flag(false, "STATIC", "organization"));
}

#[actix_web::test]
async fn a_server_asks_for_others_and_a_person_for_themselves() {
    let app = app().await;
    let (root, ada) = (operator(&app), admin(&app));
    let half = json!({ "state": "split", "percentage": 50, "by": "user" });
    set(&root, PLATFORM, &NEWS, half).await;
    let mut seen = Vec::new();
    for _ in 0..40 {
        let eve = app.member_of(ada.organization, &[]);
        let asked = value(&ada, &eve.user().to_string()).await;
        let told = own(&eve).await["value"].as_bool().unwrap();
        assert_eq!((asked, told), (news(&eve).await, news(&eve).await));
        seen.push(asked);
    }
    assert!(seen.contains(&true) && seen.contains(&false), "{seen:?}");
    let mine = news(&ada).await;
    assert_eq!(value(&ada, "").await, mine, "an empty key is none");
    let bare = ada.post(ONE, json!({})).await.ok();
    assert_eq!(bare["value"], mine, "nor need there be a context");
}

#[actix_web::test]
async fn all_flags_come_at_once_and_only_when_they_have_changed() {
    let app = app().await;
    let (root, ada) = (operator(&app), admin(&app));
    let first = ada.post(ALL, json!({ "context": {} })).await;
    let tag = first.header("etag").to_owned();
    let flags = first.ok()["flags"].clone();
    let keys: Vec<_> = flags.as_array().unwrap().iter().map(|it| it["key"].clone()).collect();
    assert_eq!(keys, ["demo.mail", "demo.news"], "and no setting that is none");
    assert_eq!(flags[1], flag(false, "STATIC", "default"));

    let knowing = ada.with("if-none-match", &tag);
    let same = knowing.post(ALL, json!({ "context": {} })).await;
    assert_eq!((same.status, same.header("etag"), same.text.as_str()), (304, &*tag, ""));
    let weak = ada.with("if-none-match", &format!("\"other\", W/{tag}"));
    weak.post(ALL, json!({ "context": {} })).await.of(304);
    set(&root, PLATFORM, &NEWS, json!({ "state": "on" })).await;
    let changed = knowing.post(ALL, json!({ "context": {} })).await;
    assert_ne!(changed.header("etag"), tag);
    assert_eq!(changed.ok()["flags"][1], flag(true, "STATIC", "platform"));
}

#[actix_web::test]
async fn what_is_no_flag_is_not_found_in_the_protocols_words() {
    let app = app().await;
    let ada = app.member(&[]);
    for key in ["demo.nothing", "demo.beta", "x", "%00", "demo.news%20"] {
        let answer = ada.post(&format!("{ALL}/{key}"), json!({ "context": {} })).await;
        let body = failure(answer, 404, "FLAG_NOT_FOUND");
        assert!(body["key"].is_string(), "{body}");
    }
}

#[actix_web::test]
async fn a_question_that_cannot_be_read_is_told_in_the_protocols_words() {
    let app = app().await;
    let ada = app.member(&[]);
    let unreadable = ["", "{", "nope", "{\"context\":{}}x", "{\"context\":{},\"context\":{}}"];
    let no_context = [
        json!([]),
        json!({ "context": null }),
        json!({ "context": ["user-123"] }),
        json!({ "context": "user-123" }),
        json!({ "context": { "targetingKey": 123 } }),
        json!({ "context": { "targetingKey": "x".repeat(1025) } }),
    ];
    let no_context = no_context.map(|it| it.to_string());
    for path in [ONE, ALL] {
        for body in unreadable {
            failure(ada.send(Method::POST, path, body).await, 400, "PARSE_ERROR");
        }
        for body in &no_context {
            let told =
                failure(ada.send(Method::POST, path, body.clone()).await, 400, "INVALID_CONTEXT");
            assert_eq!(told["key"].is_string(), path == ONE);
            assert!(!told.to_string().contains("123"), "it repeats what was sent");
        }
    }
}

/// What a client knows of somebody is data: none of it is an error, and none of it decides.
#[actix_web::test]
async fn a_context_may_hold_anything_else() {
    let app = app().await;
    let ada = app.member(&[]);
    let context = json!({
        "targetingKey": "user\u{0}\u{1b}",
        "email": "ada@example.com",
        "organization": "another",
        "organization_id": "01936f6e-0000-7000-8000-000000000001",
        "agent": "a\r\nb\u{0}",
        "nested": { "list": [1, 2.5, null, { "deep": true }] },
    });
    let asked = ada.post(ONE, json!({ "context": context, "trace": { "id": 1 } })).await;
    assert_eq!(asked.ok(), flag(false, "STATIC", "default"));
}

/// ASVS 8.2.2, 8.4.1: who is nobody here learns nothing, in the house's own words.
#[actix_web::test]
async fn only_members_ask() {
    let app = app().await;
    let (root, acme, rival) = (operator(&app), admin(&app), admin(&app));
    set(&root, PLATFORM, &NEWS, but_for("off", &acme, "on")).await;
    for path in [ONE, ALL] {
        let ask = async |who: &Actor<'_>| who.post(path, json!({ "context": {} })).await;
        ask(&acme.stranger()).await.problem(401, "not_authenticated");
        ask(&acme.forged()).await.problem(401, "invalid_token");
        ask(&rival.at(acme.organization)).await.problem(404, "not_found");
        ask(&app.member_of(acme.organization, &[])).await.ok();
        let text = acme.with("content-type", "text/plain");
        text.post(path, json!({})).await.problem(415, "unsupported_media_type");
        let long = json!({ "context": { "x": "x".repeat(64 * 1024) } });
        acme.post(path, long).await.problem(413, "too_large");
    }
    let spoofed = json!({ "context": { "organization_id": acme.organization.to_string() } });
    assert_eq!(rival.post(ONE, spoofed).await.ok()["value"], false);
    assert_eq!(own(&acme).await["value"], true);
}

/// Clients ask often: what is in memory takes no statement.
#[actix_web::test]
async fn an_answer_takes_no_statement() {
    let app = app().await;
    let ada = admin(&app);
    own(&ada).await;
    let before = app.database.statements();
    own(&ada).await;
    ada.post(ALL, json!({ "context": {} })).await.ok();
    assert_eq!(app.database.statements(), before);
}
