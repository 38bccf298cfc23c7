//! Two organizations and the people around them, for the contracts that try everybody everywhere.

use std::collections::BTreeMap;

use actix_web::http::Method;
use kernel::{
    Feature,
    testing::{Actor, Answer, App, MailCatcher},
};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement, Value as Sql};
use serde_json::{Value, json};
use server::features;
use uuid::Uuid;

use super::requests::{SAMPLES, TOPICS};
use crate::harness::{ADMINISTRATOR, PASSWORD, environment};

/// Who may try something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// Signed in, and a member nowhere.
    Nobody,
    Viewer,
    Member,
    Admin,
    Owner,
    /// The owner of another organization.
    Rival,
    /// The platform's administrator, a member nowhere.
    Administrator,
}

impl Who {
    /// Somebody who may do `operation`.
    pub fn may(operation: &str) -> Self {
        if operation.ends_with("/leave") {
            Self::Member // the only owner may not
        } else if operation.contains("{organization_id}") {
            Self::Owner
        } else {
            Self::Administrator
        }
    }
}

/// All of them, in the order of the table of permissions.
pub const EVERYBODY: [Who; 7] =
    [Who::Nobody, Who::Viewer, Who::Member, Who::Admin, Who::Owner, Who::Rival, Who::Administrator];

/// Somebody's account and access token.
#[derive(Clone)]
pub struct Person {
    pub id: String,
    pub email: String,
    pub token: String,
}

/// The assembled server without its sockets, and people who use it.
pub struct World {
    pub app: App,
    pub mail: MailCatcher,
    people: BTreeMap<Who, Person>,
}

/// One request, its path still a pattern.
#[derive(Clone)]
pub struct Request {
    pub method: Method,
    pub pattern: String,
    pub ids: BTreeMap<String, String>,
    pub body: Option<Value>,
    /// What is sent in its place that is not JSON, with its media type.
    pub file: Option<(&'static str, &'static str)>,
    /// What follows the path.
    pub query: &'static str,
    /// Who sends it, where it must be somebody in particular.
    pub by: Option<Person>,
}

impl World {
    pub async fn new() -> Self {
        let mail = MailCatcher::start();
        let mut features = features(&environment("sqlite:unused", &mail));
        features.push(Feature::new("sample").settings(SAMPLES).declare(TOPICS));
        let app = App::signed_in_by(features).await;
        app.ground.end_streams(); // or whoever tries one would listen for ever
        let mut world = Self { app, mail, people: BTreeMap::new() };
        for who in EVERYBODY {
            let person = match who {
                Who::Administrator => world.sign_in(ADMINISTRATOR).await,
                _ => world.account(&format!("{who:?}@example.com")).await,
            };
            world.people.insert(who, person);
        }
        world
    }

    pub fn person(&self, who: Who) -> &Person {
        &self.people[&who]
    }

    /// Somebody new, who has proved their address and signed in.
    pub async fn account(&self, email: &str) -> Person {
        let stranger = self.app.stranger();
        let new = json!({ "email": email, "password": PASSWORD, "name": "Ada" });
        stranger.post("/api/v1/auth/register", new).await.accepted();
        self.app.run_jobs().await;
        let proof = json!({ "token": self.mail.last(email).token() });
        stranger.post("/api/v1/auth/verify-email", proof).await.no_content();
        self.sign_in(email).await
    }

    pub async fn sign_in(&self, email: &str) -> Person {
        let login = json!({ "email": email, "password": PASSWORD });
        let tokens = self.app.stranger().post("/api/v1/auth/login", login).await.ok();
        let token = tokens["access_token"].as_str().unwrap().to_owned();
        let me = self.app.bearer(&token).get("/api/v1/users/me").await.ok();
        Person { id: me["id"].as_str().unwrap().to_owned(), email: email.to_owned(), token }
    }

    pub fn actor(&self, person: &Person) -> Actor<'_> {
        self.app.bearer(&person.token)
    }

    /// A new organization of the owner's, with one member of each rank; answers its id.
    pub async fn organization(&self) -> String {
        let organization = self.founded_by(Who::Owner).await;
        for (who, role) in [(Who::Viewer, "viewer"), (Who::Member, "member"), (Who::Admin, "admin")]
        {
            self.join(&organization, &self.person(who).id, role).await;
        }
        organization
    }

    /// A new organization that is none of theirs.
    pub async fn elsewhere(&self) -> String {
        self.founded_by(Who::Rival).await
    }

    async fn founded_by(&self, who: Who) -> String {
        let owner = self.actor(self.person(who));
        let made = owner.post("/api/v1/organizations", json!({ "name": "Acme" })).await.created();
        made["id"].as_str().unwrap().to_owned()
    }

    /// An account past the registration, with no way to sign in; answers its id.
    pub async fn unregistered(&self, email: &str) -> String {
        let id = Uuid::from_u128(rand());
        let now = Sql::from(self.app.database.clock().now());
        self.change(
            "insert into users (id, email, email_canonical, name, locale, time_zone, status, \
             version, created_at, updated_at) \
             values ($1, $2, $2, 'Ada', 'en', 'UTC', 'active', 1, $3, $3)",
            vec![id.into(), email.into(), now],
        )
        .await;
        id.to_string()
    }

    /// Makes somebody a member past the invitation, which is tried elsewhere.
    pub async fn join(&self, organization: &str, user: &str, role: &str) {
        let now = Sql::from(self.app.database.clock().now());
        let (organization, user) = (uuid(organization), uuid(user));
        self.change(
            "insert into memberships (id, organization_id, user_id, version, created_at, updated_at) \
             values ($1, $2, $3, 1, $4, $4)",
            vec![Uuid::from_u128(rand()).into(), organization.into(), user.into(), now.clone()],
        )
        .await;
        self.change(
            "insert into role_assignments (organization_id, user_id, role_id, created_at) \
             select $1, $2, id, $3 from roles where organization_id = $1 and key = $4",
            vec![organization.into(), user.into(), now, role.into()],
        )
        .await;
    }

    /// Sends a request as this person.
    pub async fn send(&self, request: &Request, person: &Person) -> Answer {
        self.send_with(request, person, &[]).await
    }

    /// The same, with more headers.
    pub async fn send_with(
        &self,
        request: &Request,
        person: &Person,
        headers: &[(&str, &str)],
    ) -> Answer {
        let person = request.by.as_ref().unwrap_or(person);
        let mut actor = self.actor(person);
        for (name, value) in headers {
            actor = actor.with(name, value);
        }
        let mut body = request.body.as_ref().map(ToString::to_string).unwrap_or_default();
        if let Some((media_type, file)) = request.file {
            actor = actor.with("content-type", media_type);
            body = file.to_owned();
        }
        actor.send(request.method.clone(), &(request.path() + request.query), body).await
    }

    /// Every row of every table, table by table.
    pub async fn rows(&self) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        for table in self.texts(self.tables()).await {
            let columns = self.texts(&self.columns(&table)).await.join(", ");
            let rows = match self.backend() {
                DbBackend::Sqlite => {
                    let quoted = columns.split(", ").map(|it| format!("quote(\"{it}\")"));
                    let row = quoted.collect::<Vec<_>>().join(" || ',' || ");
                    format!(
                        "select coalesce(group_concat(row, ';'), '') from (select {row} as row from \"{table}\" order by 1)"
                    )
                }
                _ => format!(
                    "select coalesce(string_agg(t::text, ';' order by t::text), '') from \"{table}\" t"
                ),
            };
            let rows = self.texts(&rows).await.concat();
            all.insert(table, rows);
        }
        assert!(all.len() > 10, "no database has so few tables");
        all
    }

    /// The audit log's entries, newest last: action and target.
    pub async fn audited(&self) -> Vec<String> {
        let id = match self.backend() {
            DbBackend::Sqlite => "hex(target_id)",
            _ => "target_id::text",
        };
        self.texts(&format!("select action || ' ' || {id} from audit_log order by id")).await
    }

    pub(super) fn tables(&self) -> &'static str {
        match self.backend() {
            DbBackend::Sqlite => {
                "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'"
            }
            _ => "select tablename::text from pg_tables where schemaname = 'public'",
        }
    }

    pub(super) fn columns(&self, table: &str) -> String {
        match self.backend() {
            DbBackend::Sqlite => format!("select name from pragma_table_info('{table}')"),
            _ => format!(
                "select column_name::text from information_schema.columns where table_name = '{table}'"
            ),
        }
    }

    pub(super) async fn texts(&self, sql: &str) -> Vec<String> {
        let door = self.app.database.system();
        let ask = Statement::from_sql_and_values(self.backend(), sql, []);
        let rows = door.view().query_all_raw(ask).await.unwrap();
        let text = |row: &QueryResult| row.try_get_by_index::<String>(0);
        rows.iter().map(text).collect::<Result<_, DbErr>>().unwrap()
    }

    async fn change(&self, sql: &str, values: Vec<Sql>) {
        let change = Statement::from_sql_and_values(self.backend(), sql, values);
        let done: Result<_, DbErr> =
            self.app.database.system().run(async |tx| tx.execute_raw(change).await).await;
        done.unwrap();
    }

    pub(super) fn backend(&self) -> DbBackend {
        self.app.database.system().view().get_database_backend()
    }
}

impl Request {
    /// The path, its ids filled in.
    pub fn path(&self) -> String {
        let filled = |segment: &str| match segment.strip_prefix('{') {
            Some(name) => self.ids[name.trim_end_matches('}')].clone(),
            None => segment.to_owned(),
        };
        let path = self.pattern.split('/').map(filled).collect::<Vec<_>>().join("/");
        if path.starts_with("/api") { path } else { format!("/{path}") }
    }

    /// The same request with another id in one place.
    pub fn with_id(&self, name: &str, id: &str) -> Self {
        let mut other = self.clone();
        other.ids.insert(name.to_owned(), id.to_owned());
        other
    }
}

/// An id that nothing has.
pub fn unknown_id() -> String {
    Uuid::from_u128(rand()).to_string()
}

fn rand() -> u128 {
    u128::from_be_bytes(kernel::random::<16>())
}

fn uuid(text: &str) -> Uuid {
    text.parse().unwrap()
}
