//! What may be set, as programs discover it.

use async_trait::async_trait;
use kernel::{
    Env, Feature, House, Settle, View,
    settings::{Definition, Standpoint},
    testing::App,
};
use sea_orm::DbErr;
use serde_json::{Value, json};

use crate::{ALL, DAYS, PLATFORM, admin, app, counts, each, features, operator, ours};

#[actix_web::test]
async fn a_definition_says_what_a_form_needs() {
    let app = app().await;
    let all = ours(app.member(&[]).get("/api/v1/settings/definitions").await.ok());
    let keys =
        ["beta", "colour", "days", "greeting", "hosts", "token"].map(|it| format!("demo.{it}"));
    assert_eq!(each(&all, "key"), keys.iter().collect::<Vec<_>>());
    let days = json!({
        "key": "demo.days",
        "sentence": "How long.",
        "kind": "whole_number",
        "schema": { "type": "integer", "minimum": 1, "maximum": 90 },
        "default": 7,
        "scopes": ["platform", "organization", "user"],
        "secret": false,
    });
    assert_eq!(all["items"][2], days);
    assert_eq!(all["items"][1]["schema"]["enum"], json!(["red", "blue"]));
    assert_eq!(all["items"][4]["schema"]["items"]["maxLength"], 10);
    let token = &all["items"][5];
    assert_eq!((&token["secret"], &token["default"]), (&json!(true), &json!(null)));
    assert_eq!(token["schema"]["writeOnly"], true);

    let page = app.member(&[]).get("/api/v1/settings/definitions?limit=2&sort=-key").await.ok();
    assert_eq!(each(&page, "key"), [&json!("demo.token"), &json!("demo.hosts")]);
}

#[actix_web::test]
async fn who_is_not_signed_in_learns_nothing() {
    let app = app().await;
    let stranger = app.stranger();
    for path in ["/api/v1/settings/definitions", PLATFORM, "/api/v1/users/me/settings", "/settings"]
    {
        stranger.get(path).await.problem(401, "not_authenticated");
    }
    app.staff(&[]).get(PLATFORM).await.problem(403, "permission_denied");
    app.member(&[]).get("/settings").await.problem(403, "permission_denied");
}

#[actix_web::test]
async fn a_key_of_two_features_and_a_second_keeper_of_values_stop_the_start() {
    let refused = async |more: Feature| {
        let mut all = features();
        all.push(more);
        House::of(all).await.err().unwrap().to_string()
    };
    let told = refused(Feature::new("other").settings(&[&DAYS])).await;
    assert!(told.contains("the setting demo.days is declared twice"), "{told}");
    let told = refused(Feature::new("other").settles(Nothing)).await;
    assert!(told.contains("two features settle settings"), "{told}");
}

/// Keeps no values.
struct Nothing;

#[async_trait]
impl Settle for Nothing {
    async fn value(
        &self,
        _: &View,
        _: &dyn Definition,
        _: Standpoint,
    ) -> Result<Option<Value>, DbErr> {
        Ok(None)
    }
}

/// What the environment says is a default like any other: what is set counts more.
#[actix_web::test]
async fn a_default_of_the_environment_is_still_a_default() {
    let env = Env::of([("DEMO_DAYS", "14")]);
    let days = env.within("DEMO_DAYS", 7, 1..=90);
    let demo = Feature::new("demo").settings(ALL).setting_default(&DAYS, days);
    let app = App::of(vec![audit_log::feature(), settings::feature(), demo]).await;
    let root = operator(&app);
    assert_eq!(counts(&root, PLATFORM, &DAYS).await, json!([14, "default", false]));
    assert_eq!(DAYS.of(admin(&app).door().view()).await.unwrap(), 14);
    crate::set(&root, PLATFORM, &DAYS, json!(7)).await;
    assert_eq!(counts(&root, PLATFORM, &DAYS).await, json!([7, "platform", false]));
    assert_eq!(DAYS.of(admin(&app).door().view()).await.unwrap(), 7);
}
