//! Proving who one is, from the first mail to the last token: over HTTP, on a real database, with
//! mail that travels over SMTP.
#![recursion_limit = "256"] // futures of whole journeys are deep
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "what helps a test may end it")]

mod access;
mod bootstrap;
mod change;
mod common;
mod created;
mod delete;
mod devices;
mod disable;
mod email;
mod enumeration;
mod forge;
mod invited;
mod invited_page;
mod jwks;
mod limits;
mod links;
mod login;
mod pages;
mod proof;
mod reauthenticate;
mod refresh;
mod register;
mod rehash;
mod removed;
mod replicas;
mod reset;
mod rotation;
mod secrets;
mod sessions;
mod soak;
mod tokens;

use std::{env, ops::Deref};

use kernel::{
    Env, Feature, Tx,
    testing::{Answer, App, MailCatcher},
};
use sea_orm::{ConnectionTrait, DbErr, Statement};
use serde_json::{Value, json};

const PUBLIC: &str = "https://groundwork.test";
const ADA: &str = "ada@example.com";
const PASSWORD: &str = "correct horse battery staple";

/// The features, and the mail server they send to.
struct House {
    app: App,
    mail: MailCatcher,
}

/// What a login or a refresh gave.
#[derive(Clone, Debug)]
struct Tokens {
    access: String,
    refresh: String,
}

impl Deref for House {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

/// The house as most tests want it.
async fn house() -> House {
    house_with(&[]).await
}

/// The house with more variables set.
async fn house_with(more: &[(&str, &str)]) -> House {
    let mail = MailCatcher::start();
    let env = environment(&mail, more);
    House { app: App::signed_in_by(features(&env)).await, mail }
}

/// In development there is always an administrator; no test but those of it wants to wait for its
/// password to be hashed, and production has none.
fn environment(mail: &MailCatcher, more: &[(&str, &str)]) -> Env {
    let url = mail.url();
    let set = [
        ("APP_ENV", "production"),
        ("MAIL_URL", url.as_str()),
        ("MAIL_FROM", "Groundwork <no-reply@groundwork.test>"),
        ("PUBLIC_URL", PUBLIC),
    ];
    Env::of(set.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

fn features(env: &Env) -> Vec<Feature> {
    let features = vec![
        audit_log::feature(),
        settings::feature(),
        notifications::feature(env),
        users::feature(),
        roles::feature(),
        organizations::feature(env),
        auth::feature(env),
    ];
    env.check().unwrap();
    features
}

impl House {
    /// Another process on the same database.
    async fn beside(&self) -> App {
        self.app.beside(features(&environment(&self.mail, &[]))).await
    }

    /// Somebody registers; the mail is sent before this returns.
    async fn register(&self, email: &str, password: &str) {
        let body = json!({ "email": email, "password": password, "name": "Ada" });
        self.stranger().post("/api/v1/auth/register", body).await.accepted();
        self.run_jobs().await;
    }

    /// Somebody registers and opens the mailed link.
    async fn verified(&self, email: &str) {
        self.register(email, PASSWORD).await;
        self.confirm(self.mail.last(email).token()).await.no_content();
    }

    /// Somebody registers, opens the link and signs in.
    async fn signed_in(&self, email: &str) -> Tokens {
        self.verified(email).await;
        Tokens::of(&self.login(email, PASSWORD).await.ok())
    }

    async fn confirm(&self, token: &str) -> Answer {
        self.stranger().post("/api/v1/auth/verify-email", json!({ "token": token })).await
    }

    /// The same, choosing a password.
    async fn confirm_with(&self, token: &str, password: &str) -> Answer {
        let proof = json!({ "token": token, "password": password });
        self.stranger().post("/api/v1/auth/verify-email", proof).await
    }

    /// The newest mail to an address, with everything that is due sent.
    async fn mailed(&self, address: &str) -> kernel::testing::Mail {
        self.run_jobs().await;
        self.mail.last(address)
    }

    /// An administrator, signed in.
    async fn administrator(&self) -> Tokens {
        let root = self.signed_in("root@example.com").await;
        let id = me(self, &root.access).await.ok()["id"].as_str().unwrap().parse().unwrap();
        let make = async |tx: &Tx| roles::make_administrator(tx, id).await;
        self.database.system().run(make).await.unwrap();
        root
    }

    async fn login(&self, email: &str, password: &str) -> Answer {
        let body = json!({ "email": email, "password": password });
        self.stranger().post("/api/v1/auth/login", body).await
    }

    /// The subjects of the mails to `address`, in order.
    fn subjects(&self, address: &str) -> Vec<String> {
        let to = |mail: &kernel::testing::Mail| mail.to == address;
        self.mail.mails().into_iter().filter(to).map(|mail| mail.subject).collect()
    }

    /// The one number, or text, that a query answers.
    async fn count(&self, sql: &str) -> i64 {
        let row = self.rows(sql).await;
        row.first().unwrap().try_get_by_index(0).unwrap()
    }

    async fn rows(&self, sql: &str) -> Vec<sea_orm::QueryResult> {
        let door = self.database.system();
        door.view().query_all_raw(statement(door.view(), sql)).await.unwrap()
    }

    /// Changes rows past every feature.
    async fn sql(&self, sql: &str) {
        let run = async |tx: &Tx| tx.execute_raw(statement(tx, sql)).await;
        self.database.system().run::<_, DbErr>(run).await.unwrap();
    }

    /// The entries of this action, oldest first: outcome, actor and changes.
    async fn audited(&self, action: &str) -> Vec<(String, String, Value)> {
        let sql = format!(
            "select outcome, actor_type, changes from audit_log where action = '{action}' order by id"
        );
        let entry = |row: &sea_orm::QueryResult| {
            Ok::<_, DbErr>((
                row.try_get_by_index(0)?,
                row.try_get_by_index(1)?,
                row.try_get_by_index(2)?,
            ))
        };
        self.rows(&sql).await.iter().map(entry).collect::<Result<_, _>>().unwrap()
    }
}

/// What a bearer of tokens does, at any replica.
async fn refresh(app: &App, token: &str) -> Answer {
    app.stranger().post("/api/v1/auth/refresh", json!({ "refresh_token": token })).await
}

async fn me(app: &App, access: &str) -> Answer {
    app.bearer(access).get("/api/v1/users/me").await
}

async fn logout(app: &App, access: &str) -> Answer {
    app.bearer(access).post("/api/v1/auth/logout", json!({})).await
}

impl Tokens {
    fn of(body: &Value) -> Self {
        let text = |name: &str| body[name].as_str().unwrap().to_owned();
        Self { access: text("access_token"), refresh: text("refresh_token") }
    }
}

/// How often a race is run; `SOAK_ROUNDS=1000` is the long form.
fn rounds() -> usize {
    env::var("SOAK_ROUNDS").map_or(40, |it| it.parse().unwrap())
}

#[expect(clippy::disallowed_methods, reason = "a query of the test's own making")]
fn statement(on: &impl ConnectionTrait, sql: &str) -> Statement {
    Statement::from_string(on.get_database_backend(), sql)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}
