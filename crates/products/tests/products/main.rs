//! The catalogue, on what it stands on and with nothing above it.
#![recursion_limit = "256"] // futures of whole journeys are deep
#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "what helps a test may end it")]

mod access;
mod batch;
mod crud;
mod export;
mod history;
mod imports;
mod lists;
mod price;
mod purge;
mod races;
mod search;
mod sku;

use kernel::{
    Feature,
    testing::{Actor, Answer, App},
};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

const READ: &str = "products:read";
const WRITE: &str = "products:write";

/// The catalogue and what it needs; who is a member of what is made up.
async fn app() -> App {
    App::of(features()).await
}

fn features() -> Vec<Feature> {
    vec![audit_log::feature(), products::feature()]
}

/// The only member of a new organization, who may read and write its catalogue.
fn owner(app: &App) -> Actor<'_> {
    app.member(&[READ, WRITE])
}

/// A product like any other.
fn product(sku: &str) -> Value {
    json!({ "sku": sku, "name": "Anvil", "price": { "amount": 9900, "currency": "EUR" } })
}

/// The same with these members.
fn product_with(sku: &str, members: Value) -> Value {
    let mut product = product(sku);
    let Value::Object(members) = members else { panic!("no members") };
    product.as_object_mut().unwrap().extend(members);
    product
}

/// Adds a product, and answers its path.
async fn add(who: &Actor<'_>, product: Value) -> String {
    at(&who.post("/products", product).await.created())
}

/// The path of a product.
fn at(product: &Value) -> String {
    format!("/products/{}", product["id"].as_str().unwrap())
}

/// One member of each item of a list.
fn each(list: &Value, member: &str) -> Vec<String> {
    let items = list["items"].as_array().unwrap();
    items.iter().map(|it| it[member].as_str().unwrap().to_owned()).collect()
}

/// The places that a 422 names, each with its code.
#[track_caller]
fn faults(answer: Answer) -> Vec<(String, String)> {
    let problem = answer.problem(422, "validation_failed");
    let told = |it: &Value, member: &str| it[member].as_str().unwrap().to_owned();
    let errors = problem["errors"].as_array().unwrap();
    errors.iter().map(|it| (told(it, "pointer"), told(it, "code"))).collect()
}

/// The pages of a list, until there is none more.
async fn pages(who: &Actor<'_>, path: &str) -> Vec<Value> {
    let (mut pages, mut next) = (Vec::new(), path.to_owned());
    loop {
        let page = who.get(&next).await.ok();
        let cursor = page["next_cursor"].as_str().map(str::to_owned);
        pages.push(page);
        let Some(cursor) = cursor else { return pages };
        next = format!("{path}&cursor={cursor}");
    }
}

/// How many statements it takes, the connection's own among them.
async fn statements<T>(app: &App, work: impl Future<Output = T>) -> (T, u64) {
    let before = app.database.statements();
    let done = work.await;
    (done, app.database.statements() - before)
}

/// Rows of text, past every feature.
async fn rows(app: &App, sql: &str) -> Vec<String> {
    let door = app.database.system();
    let backend = door.view().get_database_backend();
    let ask = Statement::from_sql_and_values(backend, sql, []);
    let rows = door.view().query_all_raw(ask).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}
