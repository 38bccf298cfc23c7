//! Roles, with what they stand on; above them stands only what knows callers by their roles, as
//! `auth` and `organizations` do.
#![recursion_limit = "256"]
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "what helps a test may end it")]

mod above;
mod accounts;
mod administrators;
mod caches;
mod changes;
mod deletion;
mod document;
mod escalation;
mod integration;
mod lists;
mod making;
mod neighbours;
mod permissions;
mod races;

use std::env;

use audit_log::AuditEntryOut;
use kernel::{
    OrganizationId, UserId,
    testing::{Actor, Answer, App},
};
use roles::{Error, RoleId};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use users::{EmailAddress, NewUser};

use above::features;

const ROLES: &str = "/api/v1/roles";

/// Somebody with an account, who may do what their roles allow.
#[derive(Clone)]
struct Person<'a> {
    user: UserId,
    actor: Actor<'a>,
}

/// An organization and its system roles, the strongest first.
struct Organization {
    id: OrganizationId,
    roles: Vec<RoleId>,
}

const OWNER: usize = 0;
const ADMIN: usize = 1;
const MEMBER: usize = 2;
const VIEWER: usize = 3;

async fn app() -> App {
    App::signed_in_by(features()).await
}

/// A new account without any role.
async fn person(app: &App) -> Person<'_> {
    let door = app.database.system();
    let make = door.run(async |tx| {
        let email = format!("{}@example.com", tx.id::<UserId>());
        let email = EmailAddress::parse(&email).unwrap();
        let user =
            users::create(tx, NewUser { email, name: "Ada".into(), locale: "en".into() }).await?;
        users::verify_email(tx, user.id).await
    });
    let user = make.await.unwrap().id;
    Person { user, actor: app.bearer(&user.to_string()) }
}

async fn administrator(app: &App) -> Person<'_> {
    let person = person(app).await;
    let door = app.database.system();
    door.run(async |tx| roles::make_administrator(tx, person.user).await).await.unwrap();
    person
}

/// Somebody with a new platform role that allows just this.
async fn staff<'a>(root: &Person<'a>, app: &'a App, permissions: &[&str]) -> Person<'a> {
    let person = person(app).await;
    let key = format!("r{}", person.user.0.simple());
    let role = make(root, &key, permissions).await.created();
    root.put(&person.of(&role)).await.no_content();
    person
}

async fn organization(app: &App) -> Organization {
    let door = app.database.system();
    let founded = door.run(async |tx| {
        let id = tx.id();
        Ok::<_, Error>(Organization { id, roles: roles::found(&tx.inside(id)).await? })
    });
    founded.await.unwrap()
}

/// A new member of an organization, with one of its roles.
async fn member<'a>(app: &'a App, place: &Organization, role: RoleId) -> Person<'a> {
    let person = person(app).await;
    set(app, place, &person, &[role]).await.unwrap();
    Person { actor: person.actor.at(place.id), ..person }
}

async fn set(
    app: &App,
    place: &Organization,
    person: &Person<'_>,
    given: &[RoleId],
) -> Result<(), Error> {
    let door = app.database.system();
    door.run(async |tx| roles::set(&tx.inside(place.id), person.user, given).await).await
}

/// Makes a platform role.
async fn make(by: &Person<'_>, key: &str, permissions: &[&str]) -> Answer {
    by.actor.post(ROLES, role(key, permissions)).await
}

/// Makes a role of the organization at whose door somebody stands.
async fn make_here(by: &Person<'_>, key: &str, permissions: &[&str]) -> Answer {
    by.actor.post("/roles", role(key, permissions)).await
}

fn role(key: &str, permissions: &[&str]) -> Value {
    json!({ "key": key, "name": "A role", "permissions": permissions })
}

impl Person<'_> {
    async fn put(&self, path: &str) -> Answer {
        self.actor.send(actix_web::http::Method::PUT, path, "").await
    }

    /// Where it is said whether they have a platform role.
    fn of(&self, role: &Value) -> String {
        format!("{}/{}", self.their_roles(), role["id"].as_str().unwrap())
    }

    fn their_roles(&self) -> String {
        format!("/api/v1/users/{}/roles", self.user)
    }
}

/// Where a role of the platform is.
fn at(role: &Value) -> String {
    format!("{ROLES}/{}", role["id"].as_str().unwrap())
}

/// Where a role of an organization is, from its door.
fn here(role: &Value) -> String {
    format!("/roles/{}", role["id"].as_str().unwrap())
}

fn id(role: &Value) -> RoleId {
    role["id"].as_str().unwrap().parse().unwrap()
}

/// The administrators' role.
async fn administrators(root: &Person<'_>) -> Value {
    let page = root.actor.get(&format!("{ROLES}?limit=1")).await.ok();
    page["items"][0].clone()
}

/// The members of the items of a page.
fn each<'a>(page: &'a Value, member: &str) -> Vec<&'a str> {
    let items = page["items"].as_array().unwrap().iter();
    items.map(|it| it[member].as_str().unwrap()).collect()
}

/// What the platform's log says of a thing.
async fn told(app: &App, target: impl Into<uuid::Uuid>) -> Vec<AuditEntryOut> {
    audit_log::of(app.database.system().view(), target).await.unwrap()
}

/// The statuses of answers, in order.
fn statuses(answers: &[Answer]) -> Vec<u16> {
    let mut statuses: Vec<_> = answers.iter().map(|it| it.status).collect();
    statuses.sort_unstable();
    statuses
}

/// Does this to the database, past every feature.
async fn tamper(app: &App, sql: &str) {
    let door = app.database.system();
    let done = door.run(async |tx| tx.execute_unprepared(sql).await).await;
    done.unwrap();
}

/// An id as the database writes it.
fn sql(app: &App, user: UserId) -> String {
    match app.database.system().view().get_database_backend() {
        sea_orm::DbBackend::Sqlite => format!("x'{}'", user.0.simple()),
        _ => format!("'{user}'"),
    }
}

/// How often a race is run; `SOAK_ROUNDS=1000` is the long form.
fn rounds() -> usize {
    env::var("SOAK_ROUNDS").map_or(20, |it| it.parse().unwrap())
}
