//! The archive of everything that is held on a person.

use chrono::TimeDelta;
use kernel::{Exported, Feature, Problem, UserId, View};
use serde_json::json;
use uuid::Uuid;

use crate::{ada, app_with, told};

const EXPORT: &str = "/api/v1/users/me/export";

/// Seven rows, three a page.
async fn seven(_: &View, person: UserId, after: Option<Uuid>) -> Result<Exported, Problem> {
    let begin = after.map_or(0, |it| it.as_u128());
    let rows: Vec<u128> = (begin + 1..=7).take(3).collect();
    let next = rows.last().filter(|_| rows.len() == 3).map(|it| Uuid::from_u128(*it));
    let rows =
        rows.into_iter().map(|it| json!({ "number": u64::try_from(it).unwrap(), "of": person }));
    Ok(Exported { next, ..Exported::whole(rows)? })
}

/// ASVS 14.2.6, 16.3.2: what every feature holds is in one document, whole, and that is recorded.
#[actix_web::test]
async fn an_archive_holds_what_every_feature_holds_page_by_page() {
    let app = app_with(Feature::new("above").exports("sevens", seven)).await;
    let me = ada(&app).await;
    let answer = me.get(EXPORT).await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"account.json\"");
    assert_eq!(answer.header("cache-control"), "no-store");
    let archive = answer.ok();
    assert_eq!(archive["person"], json!(me.user()));
    assert_eq!(archive["exported_at"], "2026-11-20T12:00:00Z");
    let data = archive["data"].as_object().unwrap();
    assert_eq!(data["users"][0]["email"], "ada@example.com");
    assert_eq!(data["recipients"][0]["address"], "ada@example.com");
    assert_eq!(data["audit_log_to"][0]["action"], "user.created");
    let numbers: Vec<_> =
        data["sevens"].as_array().unwrap().iter().map(|it| &it["number"]).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7]);
    assert!(data["sevens"].as_array().unwrap().iter().all(|it| it["of"] == json!(me.user())));
    assert_eq!(told(&app, me.user()).await.last().unwrap().action, "user.exported");
}

/// ASVS 7.5.3.
#[actix_web::test]
async fn an_archive_takes_a_recent_sign_in() {
    let app = app_with(Feature::new("nothing")).await;
    let me = ada(&app).await;
    me.stranger().get(EXPORT).await.problem(401, "not_authenticated");
    app.database.clock.advance(TimeDelta::minutes(10) + TimeDelta::seconds(1));
    me.get(EXPORT).await.problem(403, "reauthentication_required");
}

/// What breaks does so before the first byte, or the body has no end that a client takes for one.
#[actix_web::test]
async fn a_feature_that_fails_leaves_no_archive_that_looks_whole() {
    let fails = async |_: &View, _: UserId, _: Option<Uuid>| {
        Err::<Exported, _>(Problem::new(kernel::Kind::Unavailable(1), "not now"))
    };
    let app = app_with(Feature::new("above").exports("broken", fails)).await;
    let me = ada(&app).await;
    let answer = me.get(EXPORT).await;
    assert!(answer.body.is_null(), "{}", answer.text);
}
