//! Settings, with what they stand on and a feature above that declares some of every kind.
#![recursion_limit = "256"] // futures of whole journeys are deep
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "what helps a test may end it")]

mod audit;
mod code;
mod definitions;
mod flags;
mod forget;
mod history;
mod inherit;
mod ofrep;
mod outdated;
mod patch;
mod places;
mod races;
mod replicas;
mod rotation;
mod secrets;
mod values;

use std::env;

use actix_web::http::Method;
use kernel::{
    Feature, Setting, SettingScope,
    settings::{Choice, Definition, List, SecretText, Switch, Text, Whole},
    testing::{Actor, Answer, App},
};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};
use serde_json::{Value, json};

const PLATFORM: &str = "/api/v1/settings";
const MINE: &str = "/api/v1/users/me/settings";
/// From an organization's door.
const HERE: &str = "/settings";

const EVERYWHERE: &[SettingScope] =
    &[SettingScope::Platform, SettingScope::Organization, SettingScope::User];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Colour {
    Red,
    Blue,
}

static DAYS: Setting<Whole> = Setting {
    key: "demo.days",
    sentence: "How long.",
    kind: Whole { least: 1, most: 90 },
    default: 7,
    scopes: EVERYWHERE,
};
static GREETING: Setting<Text> = Setting {
    key: "demo.greeting",
    sentence: "How one is greeted.",
    kind: Text { most: 20 },
    default: "hello",
    scopes: EVERYWHERE,
};
static TOKEN: Setting<SecretText> = Setting {
    key: "demo.token",
    sentence: "What opens the door.",
    kind: SecretText { most: 100 },
    default: (),
    scopes: EVERYWHERE,
};
static COLOUR: Setting<Choice<Colour>> = Setting {
    key: "demo.colour",
    sentence: "What it looks like.",
    kind: Choice { options: &[("red", Colour::Red), ("blue", Colour::Blue)] },
    default: Colour::Red,
    scopes: &[SettingScope::Platform],
};
static BETA: Setting<Switch> = Setting {
    key: "demo.beta",
    sentence: "Whether there is more.",
    kind: Switch,
    default: false,
    scopes: &[SettingScope::Organization],
};
static HOSTS: Setting<List> = Setting {
    key: "demo.hosts",
    sentence: "Who may come.",
    kind: List { most: 3, each: Text { most: 10 } },
    default: &["localhost"],
    scopes: &[SettingScope::Platform, SettingScope::Organization],
};
static ALL: &[&dyn Definition] = &[&DAYS, &GREETING, &TOKEN, &COLOUR, &BETA, &HOSTS];

fn features() -> Vec<Feature> {
    let demo = Feature::new("demo").settings(ALL);
    vec![audit_log::feature(), settings::feature(), demo]
}

async fn app() -> App {
    App::of(features()).await
}

/// An operator.
fn operator(app: &App) -> Actor<'_> {
    app.staff(&["settings:read", "settings:write"])
}

/// Who may set things in a new organization.
fn admin(app: &App) -> Actor<'_> {
    app.member(&["settings:read", "settings:write"])
}

/// A setting's path at one of the three places.
fn at(place: &str, setting: &dyn Definition) -> String {
    format!("{place}/{}", setting.key())
}

async fn put(who: &Actor<'_>, path: &str, body: Value) -> Answer {
    who.send(Method::PUT, path, body.to_string()).await
}

/// Sets something, and answers what counts then.
async fn set(who: &Actor<'_>, place: &str, setting: &dyn Definition, value: Value) -> Value {
    put(who, &at(place, setting), json!({ "value": value })).await.ok()
}

async fn lock(who: &Actor<'_>, place: &str, setting: &dyn Definition, value: Value) -> Value {
    put(who, &at(place, setting), json!({ "value": value, "lock": true })).await.ok()
}

/// What counts: the value, where it comes from and whether it is locked.
async fn counts(who: &Actor<'_>, place: &str, setting: &dyn Definition) -> Value {
    let it = who.get(&at(place, setting)).await.ok();
    json!([it["value"], it["source"], it["locked"]])
}

async fn rows(app: &App, sql: &str) -> Vec<QueryResult> {
    let door = app.database.system();
    door.view().query_all_raw(statement(door.view(), sql)).await.unwrap()
}

/// The one number that a query answers.
async fn count(app: &App, sql: &str) -> i64 {
    rows(app, sql).await[0].try_get_by_index(0).unwrap()
}

/// Changes rows past every feature.
async fn tamper(app: &App, sql: &str) {
    let door = app.database.system();
    door.run(async |tx| tx.execute_unprepared(sql).await.map(|_| ()))
        .await
        .unwrap_or_else(|error: DbErr| unreachable!("{error}"));
}

#[expect(clippy::disallowed_methods, reason = "a query of the test's own making")]
fn statement(on: &impl ConnectionTrait, sql: &str) -> Statement {
    Statement::from_string(on.get_database_backend(), sql)
}

/// A list without what the features below declare.
fn ours(mut page: Value) -> Value {
    let items = page["items"].as_array_mut().unwrap();
    items.retain(|it| it["key"].as_str().unwrap().starts_with("demo."));
    page
}

/// The members of the items of a page.
fn each<'a>(page: &'a Value, member: &str) -> Vec<&'a Value> {
    page["items"].as_array().unwrap().iter().map(|it| &it[member]).collect()
}

/// The broken rules of a 422, each with its place.
fn faults(problem: &Value) -> Vec<String> {
    let told = |it: &Value| {
        format!("{} {}", it["pointer"].as_str().unwrap(), it["code"].as_str().unwrap())
    };
    problem["errors"].as_array().unwrap().iter().map(told).collect()
}

/// How often a race is run; `SOAK_ROUNDS=1000` is the long form.
fn rounds() -> usize {
    env::var("SOAK_ROUNDS").map_or(20, |it| it.parse().unwrap())
}
