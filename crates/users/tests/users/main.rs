//! Accounts, with what they stand on and nothing above them.
#![recursion_limit = "256"]
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "what helps a test may end it")]

mod accounts;
mod api;
mod deletion;
mod export;
mod integration;
mod many;
mod patch;
mod status;

use audit_log::AuditEntryOut;
use kernel::{
    Env, Feature, UserId,
    testing::{Actor, App},
};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};
use serde_json::Value;
use users::{EmailAddress, Error, NewUser, User};

const ME: &str = "/api/v1/users/me";

async fn app() -> App {
    app_with(Feature::new("nothing")).await
}

/// Accounts, and a feature above them.
async fn app_with(above: Feature) -> App {
    let env = Env::of([("MAIL_URL", "smtp://127.0.0.1:9")]);
    let below =
        [audit_log::feature(), settings::feature(), notifications::feature(&env), users::feature()];
    App::of(below.into_iter().chain([above]).collect()).await
}

async fn create(app: &App, email: &str) -> Result<User, Error> {
    let (name, locale) = ("Ada Lovelace".to_owned(), "en".to_owned());
    let new = NewUser { email: EmailAddress::parse(email).unwrap(), name, locale };
    app.database.system().run(async |tx| users::create(tx, new).await).await
}

async fn delete(app: &App, user: UserId) -> Result<(), Error> {
    app.database.system().run(async |tx| users::delete(tx, user).await).await
}

/// The owner of a new account.
async fn ada(app: &App) -> Actor<'_> {
    let user = create(app, "ada@example.com").await.unwrap();
    app.sign_in(user.id, &[])
}

/// What the owner reads of their account.
async fn read(me: &Actor<'_>) -> Value {
    me.get(ME).await.ok()
}

/// What the audit log says of an account.
async fn told(app: &App, user: UserId) -> Vec<AuditEntryOut> {
    audit_log::of(app.database.system().view(), user).await.unwrap()
}

/// Where notifications write to: address, locale and time zone.
async fn recipient(app: &App, user: UserId) -> [String; 3] {
    let sql = "select address, locale, time_zone from recipients where user_id = $1";
    let row = one(app, sql, user.0.into()).await;
    [0, 1, 2].map(|at| row.try_get_by_index(at).unwrap())
}

async fn one(app: &App, sql: &str, value: sea_orm::Value) -> QueryResult {
    let door = app.database.system();
    let backend = door.view().get_database_backend();
    let ask = Statement::from_sql_and_values(backend, sql, [value]);
    door.view().query_one_raw(ask).await.unwrap().unwrap()
}

/// Does this to the database, past every feature.
async fn tamper(app: &App, sql: &str) {
    let done: Result<_, DbErr> =
        app.database.system().run(async |tx| tx.execute_unprepared(sql).await).await;
    done.unwrap();
}
