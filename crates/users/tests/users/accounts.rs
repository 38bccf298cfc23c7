//! Accounts as administrators read and change them.

use kernel::testing::Actor;
use serde_json::{Value, json};

use crate::{ada, app, create, delete, read, tamper, told};

const ALL: &str = "/api/v1/users";

/// The names of the accounts on all pages of two, in their order.
pub async fn names(staff: &Actor<'_>, query: &str) -> Vec<String> {
    let (mut names, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = staff.get(&format!("{ALL}?limit=2{query}{cursor}")).await.ok();
        let items = page["items"].as_array().unwrap();
        names.extend(
            items.iter().map(|it| it["email"].as_str().unwrap().replace("@example.com", "")),
        );
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return names,
        }
    }
}

#[actix_web::test]
async fn accounts_are_listed_the_newest_first_by_what_has_become_of_them() {
    let app = app().await;
    let staff = app.staff(&["users:read", "users:write"]);
    let mut ids = Vec::new();
    for name in ["a", "b", "c", "d", "e"] {
        ids.push(create(&app, &format!("{name}@example.com")).await.unwrap().id);
    }
    let disable = format!("{ALL}/{}/disable", ids[1]);
    staff.post(&disable, json!({ "reason": "Fraud" })).await.ok();
    delete(&app, ids[3]).await.unwrap();
    for (query, expected) in [
        ("", "e c b a"),
        ("&sort=created_at", "a b c e"),
        ("&status=active", "e c a"),
        ("&status=disabled", "b"),
        ("&status=deleted", "d"),
    ] {
        assert_eq!(names(&staff, query).await.join(" "), expected, "{query}");
    }
    for query in ["status=gone", "q=", "q=--", "sort=email", "role=x"] {
        staff.get(&format!("{ALL}?{query}")).await.problem(422, "validation_failed");
    }
}

#[actix_web::test]
async fn an_account_is_read_with_all_that_administrators_need() {
    let app = app().await;
    let (ada, staff) = (ada(&app).await, app.staff(&["users:read", "users:write"]));
    let path = format!("{ALL}/{}", ada.user());
    let until = "2026-12-24T18:00:00Z";
    let why = json!({ "reason": "Fraud", "until": until });
    staff.post(&format!("{path}/disable"), why).await.ok();
    let answer = staff.get(&path).await;
    assert_eq!(answer.header("etag"), "\"2\"");
    let account = answer.ok();
    let expected = json!({
        "id": ada.user(),
        "email": "ada@example.com",
        "email_verified": false,
        "name": "Ada Lovelace",
        "locale": "en",
        "time_zone": "UTC",
        "status": "disabled",
        "disabled_reason": "Fraud",
        "disabled_until": until,
        "deleted_at": null,
        "erase_at": null,
        "created_at": "2026-11-20T12:00:00Z",
        "updated_at": "2026-11-20T12:00:00Z",
        "version": 2,
    });
    assert_eq!(account, expected);
    assert_eq!(staff.with("if-none-match", "\"2\"").get(&path).await.status, 304);
    assert_eq!(read(&ada).await.get("disabled_reason"), None, "that is not for its owner");
}

/// ASVS 8.2.1, 8.2.3: who may read may not write, and nobody writes what is no part of a profile (A6).
#[actix_web::test]
async fn only_who_may_reads_and_changes_others_accounts() {
    let app = app().await;
    let ada = ada(&app).await;
    let path = format!("{ALL}/{}", ada.user());
    let (reader, writer) = (app.staff(&["users:read"]), app.staff(&["users:write"]));
    let patch = json!({ "name": "Countess" });
    for it in [ALL, &path] {
        ada.get(it).await.problem(403, "permission_denied");
        writer.get(it).await.problem(403, "permission_denied");
        ada.stranger().get(it).await.problem(401, "not_authenticated");
    }
    for who in [&ada, &reader] {
        who.patch(&path, patch.clone()).await.problem(403, "permission_denied");
        let restore = who.post(&format!("{path}/restore"), json!({})).await;
        restore.problem(403, "permission_denied");
    }
    for member in ["email", "status", "email_verified", "version", "id", "password", "deleted_at"] {
        let refused = writer.patch(&path, json!({ member: "x" })).await;
        refused.problem(422, "validation_failed");
    }
    assert_eq!(read(&ada).await["version"], 1);
    let changed = writer.patch(&path, patch).await;
    assert_eq!(changed.header("etag"), "\"2\"");
    assert_eq!(changed.ok()["name"], "Countess");
    let stale = writer.with("if-match", "\"1\"").patch(&path, json!({ "name": "Ada" })).await;
    stale.problem(412, "stale_version");
    let nobody = format!("{ALL}/{}", app.staff(&[]).user());
    writer.patch(&nobody, json!({ "name": "Ada" })).await.problem(404, "not_found");
    reader.get(&nobody).await.problem(404, "not_found");
    let log = told(&app, ada.user()).await;
    let entry = (log[1].action.as_str(), log[1].actor.id);
    assert_eq!(entry, ("user.updated", writer.user().0));
}

/// Who is asked for, and who is found, alike on both databases.
#[actix_web::test]
async fn accounts_are_found_by_the_beginnings_of_the_words_of_name_and_address() {
    let app = app().await;
    let staff = app.staff(&["users:read", "users:write"]);
    for (email, name) in [
        ("a", "Ada Lovelace"),
        ("b.lovett", "Zoë Brûlée"),
        ("c", "Григорий Ada"),
        ("d+news", "山田 太郎"),
    ] {
        let user = create(&app, &format!("{email}@example.com")).await.unwrap();
        let path = format!("{ALL}/{}", user.id);
        staff.patch(&path, json!({ "name": name })).await.ok();
    }
    for (query, expected) in [
        ("ada", "c a"),
        ("love", "b.lovett a"),
        ("ADA+lov", "a"),
        ("zoe", "b.lovett"),
        ("br%C3%BBl", "b.lovett"),
        ("%D0%B3%D1%80%D0%B8", "c"),
        ("%E7%94%B0", "d+news"),
        ("d%2Bnews%40example.com", "d+news"),
        ("example", "d+news c b.lovett a"),
        ("ada+nobody", ""),
        ("ovelace", ""),
        ("%25", ""),
    ] {
        let query = format!("&q={query}");
        if query == "&q=%25" {
            staff.get(&format!("{ALL}?q=%25")).await.problem(422, "validation_failed");
        } else {
            assert_eq!(names(&staff, &query).await.join(" "), expected, "{query}");
        }
    }
    assert_eq!(names(&staff, "&q=ada&status=disabled").await.join(" "), "");
    assert_eq!(names(&staff, "&q=ada&status=active").await.join(" "), "c a");
}

/// Words follow the name, and those of accounts that are older than the index are entered by a job.
#[actix_web::test]
async fn words_follow_what_they_are_of_and_are_entered_where_they_lack() {
    let app = app().await;
    let (ada, staff) = (ada(&app).await, app.staff(&["users:read"]));
    ada.patch(crate::ME, json!({ "name": "Augusta King" })).await.ok();
    assert_eq!(names(&staff, "&q=king").await, ["ada"]);
    assert!(names(&staff, "&q=lovelace").await.is_empty());

    tamper(&app, "update users set search = null").await;
    tamper(&app, "delete from user_words").await;
    assert!(names(&staff, "&q=king").await.is_empty());
    app.run_jobs().await;
    assert_eq!(names(&staff, "&q=king").await, ["ada"]);
}

/// Issue 7: what a page costs does not grow with what is found.
#[actix_web::test]
async fn a_page_takes_one_statement_and_three_with_words() {
    let app = app().await;
    let staff = app.staff(&["users:read"]);
    for number in 0..30 {
        create(&app, &format!("a{number}@example.com")).await.unwrap();
    }
    for (query, cost) in [("", 1), ("?q=ada", 3), ("?q=ada+lov+exa+com", 3), ("?status=active", 1)]
    {
        let before = app.database.statements();
        let page: Value = staff.get(&format!("{ALL}{query}")).await.ok();
        assert_eq!(page["items"].as_array().unwrap().len(), 20);
        assert_eq!(app.database.statements() - before, cost, "{query}");
    }
}
