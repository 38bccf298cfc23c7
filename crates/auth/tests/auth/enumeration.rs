//! Whether there is an account: the same bytes and the same work for every address (ASVS 6.3.8, A12).

use kernel::testing::Answer;
use serde_json::{Value, json};

use crate::{ADA, House, PASSWORD, Tokens, house};

/// Operations that strangers may ask of any address, and what they send beside it.
fn operations() -> [(&'static str, Value); 4] {
    [
        ("/api/v1/auth/register", json!({ "password": PASSWORD, "name": "Zoe" })),
        ("/api/v1/auth/login", json!({ "password": "not the password" })),
        ("/api/v1/auth/password/forgot", json!({})),
        ("/api/v1/auth/verify-email/resend", json!({})),
    ]
}

/// What a client can tell an answer by, and what it took.
#[derive(Debug, PartialEq)]
struct Told {
    status: u16,
    body: Value,
    headers: Vec<String>,
    statements: u64,
    hashes: u64,
}

async fn told(house: &House, work: impl Future<Output = Answer>) -> Told {
    let before = (house.database.statements(), hashes(house));
    let mut answer = work.await;
    let statements = house.database.statements() - before.0;
    if let Some(body) = answer.body.as_object_mut() {
        body.remove("request_id");
    }
    let names =
        ["content-type", "content-length", "cache-control", "www-authenticate", "retry-after"];
    Told {
        status: answer.status,
        headers: names.iter().map(|it| answer.header(it).to_owned()).collect(),
        body: answer.body,
        statements,
        hashes: hashes(house) - before.1,
    }
}

fn hashes(house: &House) -> u64 {
    auth::hashed(house.database.system().view())
}

/// Asks about an address that was asked about in another way before: keys of the audit log are in memory.
async fn ask(house: &House, (path, body): &(&str, Value), email: &str) -> Told {
    let door = house.stranger().with("user-agent", "curl/8.14.1");
    let login = json!({ "email": email, "password": "not the password" });
    door.post("/api/v1/auth/login", login).await.of(401);
    let mut body = body.clone();
    body["email"] = email.into();
    let told = told(house, door.post(path, body)).await;
    house.run_jobs().await;
    told
}

#[actix_web::test]
async fn strangers_are_answered_alike_after_the_same_work() {
    let house = house().await;
    house.verified(ADA).await;
    house.verified("disabled@example.com").await;
    house.sql("update users set status = 'disabled' where email = 'disabled@example.com'").await;
    for operation in &operations() {
        let path = operation.0;
        let address = |who: &str| format!("{who}{path}@example.com").replace('/', "-");
        let waiting = address("waiting");
        house.register(&waiting, PASSWORD).await;
        ask(&house, operation, "warm@example.org").await;
        let unknown = ask(&house, operation, &address("unknown")).await;
        assert!(unknown.statements > 2, "{path}: {unknown:?}");
        assert_eq!(
            unknown.hashes,
            u64::from(path.ends_with("login") || path.ends_with("register"))
        );
        for known in [ADA, "disabled@example.com", &waiting] {
            assert_eq!(ask(&house, operation, known).await, unknown, "{path} for {known}");
        }
    }
}

/// Who is signed in learns nothing of other addresses either.
#[actix_web::test]
async fn asking_for_another_address_tells_nothing_of_it() {
    let house = house().await;
    house.verified("eve@example.com").await;
    let tokens: Tokens = house.signed_in(ADA).await;
    let mut all = Vec::new();
    for email in ["first@example.org", "unknown@example.org", "eve@example.com", ADA] {
        let door = house.bearer(&tokens.access);
        let body = json!({ "new_email": email });
        all.push(told(&house, door.post("/api/v1/users/me/email", body)).await);
        house.run_jobs().await;
    }
    assert!(all[1..].windows(2).all(|it| it[0] == it[1]), "{all:?}");
}
