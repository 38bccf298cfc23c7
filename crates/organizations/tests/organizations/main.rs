//! Organizations, with what they stand on and nothing above them.
#![recursion_limit = "256"] // futures of whole journeys are deep
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "what helps a test may end it")]

mod announcements;
mod checks;
mod create;
mod deletion;
mod escalation;
mod farewell;
mod invitations;
mod limits;
mod lists;
mod members;
mod ownership;
mod races;
mod standing;
mod update;

use std::{env, ops::Deref};

use kernel::{
    Env, Feature, OrganizationId, Tx, UserId,
    testing::{Actor, Answer, App},
};
use sea_orm::{
    ConnectionTrait, DbErr, QueryResult, Statement, Value as Parameter,
    sea_query::{Expr, InsertStatement, Query},
};
use serde_json::{Value, json};
use users::{EmailAddress, NewUser};
use uuid::Uuid;

const ORGANIZATIONS: &str = "/api/v1/organizations";

/// The application, with people and organizations that tests make up.
struct House(App);

impl Deref for House {
    type Target = App;

    fn deref(&self) -> &App {
        &self.0
    }
}

async fn house() -> House {
    house_with(&[]).await
}

/// The house with more variables set.
async fn house_with(more: &[(&str, &str)]) -> House {
    House(App::of(features(more, Feature::new("nothing"))).await)
}

/// The features, and one above them.
fn features(more: &[(&str, &str)], above: Feature) -> Vec<Feature> {
    let mail = ("MAIL_URL", "smtp://127.0.0.1:9");
    let all = [mail].into_iter().chain(more.iter().copied());
    let env = Env::of(all.map(|(name, value)| (name.to_owned(), value.to_owned())));
    vec![
        audit_log::feature(),
        settings::feature(),
        notifications::feature(&env),
        users::feature(),
        roles::feature(),
        organizations::feature(&env),
        above,
    ]
}

impl House {
    /// A second replica.
    async fn beside(&self) -> App {
        self.replica(features(&[], Feature::new("nothing"))).await
    }

    /// Somebody with an account of this name.
    async fn person(&self, name: &str) -> Actor<'_> {
        let address = format!("{}@example.com", name.to_lowercase());
        let email = EmailAddress::parse(&address).unwrap();
        let new = NewUser { email, name: name.to_owned(), locale: "en".to_owned() };
        let door = self.database.system();
        let make = async |tx: &Tx| {
            let user = users::create(tx, new).await?;
            users::verify_email(tx, user.id).await
        };
        self.sign_in(door.run(make).await.unwrap().id, &[])
    }

    /// Somebody with a new organization of their own, at its door.
    async fn owner(&self, name: &str) -> Actor<'_> {
        let owner = self.person(name).await;
        let made = found(&owner, &format!("{name} Inc")).await.created();
        owner.at(id(&made))
    }

    /// Somebody with an account of this name, who has this role where `there` stands.
    async fn member(&self, there: &Actor<'_>, name: &str, role: &str) -> Actor<'_> {
        let member = self.person(name).await.at(there.organization);
        self.join(&member, role).await;
        member
    }

    /// Makes somebody a member where they stand, past every feature.
    async fn join(&self, member: &Actor<'_>, role: &str) {
        let (place, user, now) = (member.organization, member.user(), self.database.clock().now());
        let rows = [
            "insert into memberships (id, organization_id, user_id, version, created_at, updated_at) values ($1, $2, $3, 1, $4, $4)",
            "insert into role_assignments (organization_id, user_id, role_id, created_at) select $2, $3, id, $4 from roles where organization_id = $2 and key = $5 and $1 = $1",
        ];
        for sql in rows {
            let mut values: Vec<Parameter> =
                vec![self.id().into(), place.into(), user.into(), now.into()];
            if sql.contains("$5") {
                values.push(role.into());
            }
            self.sql(sql, values).await;
        }
    }

    /// Makes somebody a member of as many new organizations, past every feature, and answers one.
    async fn crowd(&self, member: &Actor<'_>, many: usize, role: &str) -> OrganizationId {
        let now = self.database.clock().now();
        let ids: Vec<[Uuid; 2]> = (0..many).map(|_| [self.id(), self.id()]).collect();
        for ids in ids.chunks(500) {
            let mut rows = [
                insert(
                    "organizations",
                    &["id", "name", "slug", "slug_skeleton", "version", "created_at", "updated_at"],
                ),
                insert(
                    "roles",
                    &[
                        "id",
                        "organization_id",
                        "key",
                        "name",
                        "description",
                        "permissions",
                        "system",
                        "version",
                        "created_at",
                        "updated_at",
                    ],
                ),
                insert(
                    "memberships",
                    &["id", "organization_id", "user_id", "version", "created_at", "updated_at"],
                ),
                insert(
                    "role_assignments",
                    &["organization_id", "user_id", "role_id", "created_at"],
                ),
            ];
            for [place, id] in ids {
                let slug = id.simple().to_string();
                let (text, at) = (|text: &str| Expr::from(text), || Expr::from(now));
                let (place, id, user) =
                    (|| Expr::from(*place), || Expr::from(*id), || Expr::from(member.user().0));
                let [organizations, roles, memberships, assignments] = &mut rows;
                organizations.values_panic([
                    place(),
                    text("Many"),
                    text(&slug),
                    text(&slug),
                    1.into(),
                    at(),
                    at(),
                ]);
                let none = Expr::from(json!([]));
                roles.values_panic([
                    id(),
                    place(),
                    text(role),
                    text(role),
                    text(""),
                    none,
                    true.into(),
                    1.into(),
                    at(),
                    at(),
                ]);
                memberships.values_panic([id(), place(), user(), 1.into(), at(), at()]);
                assignments.values_panic([place(), user(), id(), at()]);
            }
            let write = async |tx: &Tx| {
                for insert in &rows {
                    tx.execute(insert).await?;
                }
                Ok::<_, DbErr>(())
            };
            self.database.system().run(write).await.unwrap();
        }
        OrganizationId(ids[many / 2][0])
    }

    /// A role of an organization's own, past every feature.
    async fn role(&self, there: &Actor<'_>, key: &str, permissions: &[&str]) {
        let sql = "insert into roles (id, organization_id, key, name, description, permissions, system, version, created_at, updated_at) values ($1, $2, $3, $3, '', $4, false, 1, $5, $5)";
        let now = self.database.clock().now();
        let values: Vec<Parameter> = vec![
            self.id().into(),
            there.organization.into(),
            key.into(),
            json!(permissions).into(),
            now.into(),
        ];
        self.sql(sql, values).await;
    }

    /// An administrator of the platform's accounts.
    async fn registrar(&self) -> Actor<'_> {
        let staff = self.person("Registrar").await;
        self.sign_in(staff.user(), &["users:write"])
    }

    fn id(&self) -> Uuid {
        self.database.system().view().id()
    }

    /// Changes rows past every feature.
    async fn sql(&self, sql: &str, values: Vec<Parameter>) {
        let run = async |tx: &Tx| {
            let backend = tx.get_database_backend();
            tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await
        };
        self.database.system().run::<_, DbErr>(run).await.unwrap();
    }

    async fn rows(&self, sql: &str, values: Vec<Parameter>) -> Vec<QueryResult> {
        let door = self.database.system();
        let backend = door.view().get_database_backend();
        let statement = Statement::from_sql_and_values(backend, sql, values);
        door.view().query_all_raw(statement).await.unwrap()
    }

    /// The one number that a query answers.
    async fn count(&self, sql: &str, values: Vec<Parameter>) -> i64 {
        self.rows(sql, values).await.first().unwrap().try_get_by_index(0).unwrap()
    }

    /// What an organization's log says, oldest first: action, target and changes.
    async fn log(&self, organization: OrganizationId) -> Vec<(String, Uuid, Value)> {
        // Refusals are recorded behind the answer, some time or other.
        let sql = "select action, target_id, changes from audit_log where organization_id = $1 and action <> 'access.denied' order by id";
        let entry = |row: &QueryResult| {
            let at = |index| row.try_get_by_index(index).unwrap();
            (at(0), row.try_get_by_index(1).unwrap(), row.try_get_by_index(2).unwrap())
        };
        self.rows(sql, vec![organization.into()]).await.iter().map(entry).collect()
    }

    /// What the log says since it had so many entries.
    async fn log_since(&self, there: &Actor<'_>, seen: usize) -> Vec<(String, Uuid, Value)> {
        self.log(there.organization).await.split_off(seen)
    }

    /// How many statements this takes.
    async fn statements<T>(&self, work: impl Future<Output = T>) -> (T, u64) {
        let before = self.database.statements();
        let done = work.await;
        (done, self.database.statements() - before)
    }

    /// Who owns the organization, by the rows.
    async fn owners(&self, organization: OrganizationId) -> i64 {
        let sql = "select count(*) from role_assignments join roles on roles.id = role_id join users on users.id = user_id where role_assignments.organization_id = $1 and key = 'owner' and users.deleted_at is null and users.status = 'active'";
        self.count(sql, vec![organization.into()]).await
    }
}

/// Makes an organization of this name.
async fn found(who: &Actor<'_>, name: &str) -> Answer {
    who.post(ORGANIZATIONS, json!({ "name": name })).await
}

/// Where somebody stands.
fn here(who: &Actor<'_>) -> String {
    format!("{ORGANIZATIONS}/{}", who.organization)
}

/// Where a member is found.
fn at(member: &Actor<'_>) -> String {
    format!("/members/{}", member.user())
}

/// Gives a member these roles and no others.
async fn give(by: &Actor<'_>, member: &Actor<'_>, roles: &[&str]) -> Answer {
    by.patch(&at(member), json!({ "roles": roles })).await
}

async fn leave(who: &Actor<'_>) -> Answer {
    who.post("/leave", json!({})).await
}

async fn transfer(from: &Actor<'_>, to: UserId) -> Answer {
    from.post("/transfer-ownership", json!({ "user_id": to })).await
}

async fn disable(by: &Actor<'_>, user: UserId) -> Answer {
    let why = json!({ "reason": "Left the company" });
    by.post(&format!("/api/v1/users/{user}/disable"), why).await
}

fn insert(table: &'static str, columns: &[&'static str]) -> InsertStatement {
    let mut insert = Query::insert();
    insert.into_table(table).columns(columns.iter().copied());
    insert
}

/// The id in a body.
fn id<I: From<Uuid>>(body: &Value) -> I {
    body["id"].as_str().unwrap().parse::<Uuid>().unwrap().into()
}

/// A member of each item, in order.
fn all(body: &Value, member: &str) -> Vec<String> {
    let items = body["items"].as_array().unwrap().iter();
    items.map(|it| it[member].as_str().unwrap().to_owned()).collect()
}

/// How often a race is run; `SOAK_ROUNDS=1000` is the long form.
fn rounds() -> usize {
    env::var("SOAK_ROUNDS").map_or(30, |it| it.parse().unwrap())
}
