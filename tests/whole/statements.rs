//! What a request costs the database.

use kernel::testing::{App, MailCatcher};
use serde_json::json;
use server::features;

use crate::harness::{ADMINISTRATOR, PASSWORD, environment};

/// Design §8: the token, its session and the permissions are known without a query.
#[actix_web::test]
async fn an_authorised_read_is_one_statement_and_an_audited_write_is_its_rows() {
    let env = environment("sqlite:unused", &MailCatcher::start());
    let app = App::signed_in_by(features(&env)).await;
    let login = json!({ "email": ADMINISTRATOR, "password": PASSWORD });
    let tokens = app.stranger().post("/api/v1/auth/login", login).await.ok();
    let me = app.bearer(tokens["access_token"].as_str().unwrap());
    me.patch("/api/v1/users/me", json!({ "name": "Warm" })).await.ok();

    let before = app.database.statements();
    me.get("/api/v1/users/me").await.ok();
    assert_eq!(app.database.statements() - before, 1, "the row");

    let before = app.database.statements();
    me.patch("/api/v1/users/me", json!({ "name": "WARM" })).await.ok(); // of the same words
    // BEGIN, the row as it is (locked), the row as it is to be, the audit row, COMMIT.
    assert_eq!(app.database.statements() - before, 5);

    let before = app.database.statements();
    me.get("/api/v1/audit-log?limit=1").await.ok();
    assert_eq!(
        app.database.statements() - before,
        3,
        "the entries, their seals, the people's keys"
    );
}
