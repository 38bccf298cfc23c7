//! One's own profile, changed.

use actix_web::http::Method;
use chrono::TimeDelta;
use futures_util::future::join;
use serde_json::{Value, json};

use crate::{ME, ada, app, read, recipient, tamper, told};

#[actix_web::test]
async fn a_patch_changes_what_it_names_and_keeps_the_rest() {
    let app = app().await;
    let me = ada(&app).await;
    app.database.clock.advance(TimeDelta::minutes(1));
    let answer = me.patch(ME, json!({ "time_zone": "Europe/Vienna" })).await;
    assert_eq!(answer.header("etag"), "\"2\"");
    let changed = answer.ok();
    assert_eq!((&changed["time_zone"], &changed["version"]), (&json!("Europe/Vienna"), &json!(2)));
    assert_eq!((&changed["name"], &changed["locale"]), (&json!("Ada Lovelace"), &json!("en")));
    assert_eq!(changed["updated_at"], "2026-11-20T12:01:00Z");
    assert_eq!(changed["created_at"], "2026-11-20T12:00:00Z");
    assert_eq!(read(&me).await, changed);
}

#[actix_web::test]
async fn a_patch_that_changes_nothing_is_no_change() {
    let app = app().await;
    let me = ada(&app).await;
    let before = read(&me).await;
    for patch in [json!({}), json!({ "name": "Ada Lovelace", "locale": "en" })] {
        assert_eq!(me.patch(ME, patch).await.ok(), before);
    }
    assert_eq!(told(&app, me.user()).await.len(), 1, "the making of it");
}

#[actix_web::test]
async fn a_patch_is_json_of_either_type_and_nothing_else() {
    let app = app().await;
    let me = ada(&app).await;
    let patch = |kind: &str, body: &str| {
        let me = me.with("content-type", kind);
        let body = body.to_owned();
        async move { me.send(Method::PATCH, ME, body).await }
    };
    patch("application/merge-patch+json", r#"{"name":"Zoe"}"#).await.ok();
    patch("application/json; charset=utf-8", r#"{"name":"Ida"}"#).await.ok();
    for kind in ["text/plain", "application/json-patch+json", "multipart/form-data"] {
        patch(kind, r#"{"name":"Eve"}"#).await.problem(415, "unsupported_media_type");
    }
    for body in ["", "{", "{\"name\":\"a\",\"name\":\"b\"}"] {
        patch("application/json", body).await.problem(400, "malformed_body");
    }
    patch("application/json", "[]").await.problem(422, "validation_failed");
    assert_eq!(read(&me).await["name"], "Ida");
}

/// A6: what is not one's to write cannot be written, under whatever name.
#[actix_web::test]
async fn members_that_are_not_ones_own_to_write_are_refused() {
    let app = app().await;
    let me = ada(&app).await;
    let before = read(&me).await;
    for name in [
        "id",
        "email",
        "email_canonical",
        "email_verified",
        "email_verified_at",
        "status",
        "version",
        "role",
        "roles",
        "is_admin",
        "permissions",
        "password_hash",
        "tenant_id",
        "created_at",
        "updated_at",
        "deleted_at",
        "Name",
        "__proto__",
        "",
    ] {
        for patch in [json!({ name: "x" }), json!({ "locale": "de", name: before["id"] })] {
            let problem = me.patch(ME, patch).await.problem(422, "validation_failed");
            assert_eq!(problem["errors"][0]["code"], "unknown_field", "{name}");
            assert_eq!(problem["errors"][0]["pointer"], format!("/{name}"));
        }
    }
    let nested = me.patch(ME, json!({ "name": { "id": 1 } })).await;
    assert_eq!(nested.problem(422, "validation_failed")["errors"][0]["pointer"], "/name");
    assert_eq!(read(&me).await, before);
}

/// ASVS 1.3.3, 2.2.1, RFC 7396: the document after the patch keeps its rules, and each fault is
/// told by its place.
#[actix_web::test]
async fn values_that_break_a_rule_are_refused() {
    let app = app().await;
    let me = ada(&app).await;
    let (long, longest) = ("n".repeat(201), "n".repeat(200));
    for name in [
        json!(null),
        json!(7),
        json!(["a"]),
        json!(""),
        json!("   "),
        json!("\t"),
        json!("\u{200b}"),
        json!("a\nb"),
        json!("a\u{0}"),
        json!("a\u{1b}[2J"),
        json!("a\u{85}"),
        json!("a\u{2028}b"),
        json!("\u{202e}adA"),
        json!(long),
    ] {
        refused(&me, "name", &name).await;
    }
    for locale in ["", "e", "engl", "en_US", "en-", "de-AT\n", "../en", "x".repeat(36).as_str()] {
        refused(&me, "locale", &json!(locale)).await;
    }
    for zone in ["", "Vienna", "Europe/Vienna ", "+02:00", "../../etc/passwd", "europe/vienna"] {
        refused(&me, "time_zone", &json!(zone)).await;
    }
    refused(&me, "locale", &Value::Null).await;
    refused(&me, "time_zone", &Value::Null).await;
    for good in [json!({ "name": longest }), json!({ "name": "太郎", "locale": "zh-Hant-TW" })] {
        me.patch(ME, good).await.ok();
    }
    assert_eq!(read(&me).await["version"], 3);
}

async fn refused(me: &kernel::testing::Actor<'_>, member: &str, value: &Value) {
    let problem = me.patch(ME, json!({ member: value })).await.problem(422, "validation_failed");
    let pointer = problem.pointer("/errors/0/pointer").and_then(Value::as_str);
    assert_eq!(pointer, Some(&*format!("/{member}")), "{value}");
    let told = value.as_str().filter(|it| it.len() > 6);
    assert!(told.is_none_or(|it| !problem.to_string().contains(it)), "{problem}");
}

#[actix_web::test]
async fn every_fault_of_a_patch_is_told_at_once() {
    let app = app().await;
    let me = ada(&app).await;
    let patch = json!({ "name": " ", "locale": "?", "time_zone": "Mars/Base" });
    let problem = me.patch(ME, patch).await.problem(422, "validation_failed");
    let pointers: Vec<_> =
        problem["errors"].as_array().unwrap().iter().map(|it| &it["pointer"]).collect();
    assert_eq!(pointers, ["/locale", "/name", "/time_zone"]);
}

/// ASVS 1.1.1.
#[actix_web::test]
async fn text_is_stored_in_one_form_and_otherwise_as_it_came() {
    let app = app().await;
    let me = ada(&app).await;
    for (sent, stored) in [
        ("Zoe\u{308}", "Zo\u{eb}"),
        ("<b>&amp; \"},{\"role\":\"owner", "<b>&amp; \"},{\"role\":\"owner"),
        ("%3Cb%3E'; drop table users; --", "%3Cb%3E'; drop table users; --"),
    ] {
        assert_eq!(me.patch(ME, json!({ "name": sent })).await.ok()["name"], stored);
        assert_eq!(read(&me).await["name"], stored);
    }
}

#[actix_web::test]
async fn a_patch_of_a_version_that_is_not_the_last_is_refused() {
    let app = app().await;
    let me = ada(&app).await;
    for stale in ["\"2\"", "\"0\"", "W/\"1\"", "1", "nonsense"] {
        let patched = me.with("if-match", stale).patch(ME, json!({ "name": "Eve" })).await;
        patched.problem(412, "stale_version");
    }
    for good in ["\"1\"", "\"7\", \"2\"", "*"] {
        me.with("if-match", good).patch(ME, json!({ "name": format!("Ada {good}") })).await.ok();
    }
    assert_eq!(read(&me).await["version"], 4);
}

#[actix_web::test]
async fn of_two_patches_of_one_version_one_wins_and_the_other_learns_of_it() {
    let app = app().await;
    let me = ada(&app).await.with("if-match", "\"1\"");
    let (one, other) =
        join(me.patch(ME, json!({ "name": "One" })), me.patch(ME, json!({ "name": "Two" }))).await;
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    let winner = if one.status == 200 { "One" } else { "Two" };
    let now = read(&me).await;
    assert_eq!((&now["name"], &now["version"]), (&json!(winner), &json!(2)));
}

#[actix_web::test]
async fn two_patches_at_once_without_a_version_both_count() {
    let app = app().await;
    let me = ada(&app).await;
    let (one, other) =
        join(me.patch(ME, json!({ "name": "Zoe" })), me.patch(ME, json!({ "locale": "de" }))).await;
    one.ok();
    other.ok();
    let now = read(&me).await;
    assert_eq!(
        (&now["name"], &now["locale"], &now["version"]),
        (&json!("Zoe"), &json!("de"), &json!(3))
    );
}

/// ASVS 16.2.1, 16.2.5: one entry a patch, with what was and what is, and none of it in clear.
#[actix_web::test]
async fn a_patch_leaves_one_entry_that_tells_before_and_after() {
    let app = app().await;
    let me = ada(&app).await.with("user-agent", "curl/8");
    let answer = me.patch(ME, json!({ "name": "Countess Ada", "locale": "de" })).await;
    let request = answer.header("x-request-id").to_owned();

    let [_, entry] = told(&app, me.user()).await.try_into().unwrap();
    assert_eq!((entry.action.as_str(), entry.outcome.as_str()), ("user.updated", "success"));
    assert_eq!((entry.actor.id, entry.target.id), (me.user().0, me.user().0));
    assert_eq!((entry.request_id, entry.user_agent.as_deref()), (request, Some("curl/8")));
    let changes = json!({
        "name": { "from": "Ada Lovelace", "to": "Countess Ada" },
        "locale": { "from": "en", "to": "de" },
    });
    assert_eq!(entry.changes, changes);
    tamper(&app, "delete from audit_log_keys").await;
    let [_, entry] = told(&app, me.user()).await.try_into().unwrap();
    assert_eq!((entry.changes, entry.user_agent), (json!({}), None), "the person's key is gone");
}

/// ASVS 16.5.3: a change that cannot be recorded is not made.
#[actix_web::test]
async fn a_patch_whose_entry_cannot_be_written_changes_nothing() {
    let app = app().await;
    let me = ada(&app).await;
    tamper(&app, "alter table audit_log rename to lost").await;
    let problem = me.patch(ME, json!({ "name": "Eve", "locale": "de" })).await;
    assert!(!problem.text.contains("audit"), "ASVS 16.5.1: {}", problem.text);
    problem.problem(500, "internal");
    assert_eq!(read(&me).await["name"], "Ada Lovelace");
    assert_eq!(recipient(&app, me.user()).await, ["ada@example.com", "en", "UTC"]);
}

#[actix_web::test]
async fn mail_follows_language_and_place() {
    let app = app().await;
    let me = ada(&app).await;
    assert_eq!(recipient(&app, me.user()).await, ["ada@example.com", "en", "UTC"]);
    me.patch(ME, json!({ "locale": "de-AT", "time_zone": "Europe/Vienna" })).await.ok();
    assert_eq!(recipient(&app, me.user()).await, ["ada@example.com", "de-AT", "Europe/Vienna"]);
}

#[actix_web::test]
async fn a_patch_costs_begin_row_row_entry_commit() {
    let app = app().await;
    let me = ada(&app).await.with("user-agent", "curl/8");
    for name in ["makes the key", "learns it"] {
        me.patch(ME, json!({ "name": name })).await.ok();
    }
    let before = app.database.statements();
    me.patch(ME, json!({ "name": "Ida" })).await.ok();
    assert_eq!(app.database.statements() - before, 7, "words that are gone, and new ones, besides");
    let before = app.database.statements();
    me.patch(ME, json!({ "name": "IDA" })).await.ok();
    assert_eq!(app.database.statements() - before, 5, "the same words");
}
