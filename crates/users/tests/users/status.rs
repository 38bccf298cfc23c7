//! Disabling and enabling accounts.

use kernel::{Feature, Kind, Problem, Tx, UserId};
use sea_orm::ConnectionTrait;
use serde_json::json;
use users::{Disabled, Status};

use crate::{ada, app, app_with, create, one, read, tamper, told};

fn disable(user: UserId) -> String {
    format!("/api/v1/users/{user}/disable")
}

fn enable(user: UserId) -> String {
    format!("/api/v1/users/{user}/enable")
}

#[actix_web::test]
async fn an_account_is_disabled_and_enabled_again_and_both_are_recorded() {
    let app = app().await;
    let (ada, staff) = (ada(&app).await, app.staff(&["users:write"]));
    let why = json!({ "reason": "Left the company" });
    let disabled = staff.post(&disable(ada.user()), why.clone()).await;
    assert_eq!(disabled.header("etag"), "\"2\"");
    assert_eq!(disabled.ok()["status"], "disabled");
    assert_eq!(staff.post(&disable(ada.user()), why).await.ok()["version"], 2, "as it was");
    assert_eq!(staff.post(&enable(ada.user()), json!({})).await.ok()["status"], "active");
    assert_eq!(staff.post(&enable(ada.user()), json!({})).await.ok()["version"], 3, "as it was");

    let log = told(&app, ada.user()).await;
    let actions: Vec<_> = log.iter().map(|it| (it.action.as_str(), it.actor.id)).collect();
    let by = staff.user().0;
    assert_eq!(actions[1..], [("user.disabled", by), ("user.enabled", by)]);
    let status = json!({ "from": "active", "to": "disabled" });
    assert_eq!(log[1].changes["status"], status);
    assert_eq!(log[1].changes["reason"]["to"], "Left the company");
}

/// ASVS 14.2.6: why somebody was disabled is about them, and goes with them.
#[actix_web::test]
async fn the_reason_stands_under_the_persons_own_key() {
    let app = app().await;
    let (ada, staff) = (ada(&app).await, app.staff(&["users:write"]));
    staff.post(&disable(ada.user()), json!({ "reason": "Fraud" })).await.ok();
    tamper(&app, "delete from audit_log_keys").await;
    let log = told(&app, ada.user()).await;
    assert_eq!(log[1].changes, json!({ "status": { "from": "active", "to": "disabled" } }));
}

/// ASVS 8.2.1.
#[actix_web::test]
async fn only_who_may_says_who_may_use_their_account_and_never_their_own() {
    let app = app().await;
    let ada = ada(&app).await;
    let why = json!({ "reason": "Because" });
    for path in [disable(ada.user()), enable(ada.user())] {
        ada.post(&path, why.clone()).await.problem(403, "permission_denied");
        ada.stranger().post(&path, why.clone()).await.problem(401, "not_authenticated");
    }
    let staff = app.sign_in(ada.user(), &["users:write"]);
    staff.post(&disable(ada.user()), why.clone()).await.problem(409, "own_account");
    let nobody = app.staff(&[]).user();
    staff.post(&disable(nobody), why.clone()).await.problem(404, "not_found");
    staff.post("/api/v1/users/nobody/disable", why).await.problem(404, "not_found");
    assert_eq!(read(&ada).await["status"], "active");
}

#[actix_web::test]
async fn a_reason_is_one_line_that_can_be_read() {
    let app = app().await;
    let (ada, staff) = (ada(&app).await, app.staff(&["users:write"]));
    let long = "x".repeat(501);
    for reason in ["", " ", "a\nb", long.as_str()] {
        let refused = staff.post(&disable(ada.user()), json!({ "reason": reason })).await;
        let problem = refused.problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["pointer"], "/reason", "{reason:?}");
    }
    staff.post(&disable(ada.user()), json!({})).await.problem(422, "validation_failed");
    assert_eq!(read(&ada).await["status"], "active");
}

#[actix_web::test]
async fn it_is_told_to_the_features_above_who_may_object() {
    let hear = async |tx: &Tx, disabled: &Disabled| {
        let user = users::by_id(tx, disabled.user).await?;
        assert_eq!(user.status, Status::Active, "it can still be read as it was");
        tx.execute_unprepared("insert into farewells values ('heard')").await?;
        if user.email.starts_with("owner") {
            return Err(Problem::new(Kind::Conflict("last_owner"), "Somebody must own it."));
        }
        Ok::<(), Problem>(())
    };
    let app = app_with(Feature::new("above").on(hear)).await;
    tamper(&app, "create table farewells (name varchar(200))").await;
    let (ada, staff) = (ada(&app).await, app.staff(&["users:write"]));
    let owner = create(&app, "owner@example.com").await.unwrap();
    let why = json!({ "reason": "Because" });
    staff.post(&disable(owner.id), why.clone()).await.problem(409, "last_owner");
    staff.post(&disable(ada.user()), why).await.ok();
    let heard = one(&app, "select count(*) from farewells where name = $1", "heard".into()).await;
    assert_eq!(heard.try_get_by_index::<i64>(0).unwrap(), 1, "the other was rolled back");
    let door = app.database.system();
    assert_eq!(users::by_id(door.view(), owner.id).await.unwrap(), owner);
}

#[actix_web::test]
async fn several_accounts_are_read_in_one_statement_and_deleted_ones_are_not() {
    let app = app().await;
    let mut ids = Vec::new();
    for email in ["a@example.com", "b@example.com", "c@example.com"] {
        ids.push(create(&app, email).await.unwrap().id);
    }
    crate::delete(&app, ids[1]).await.unwrap();
    let door = app.database.system();
    let before = app.database.statements();
    let found = users::by_ids(door.view(), &ids).await.unwrap();
    assert_eq!(app.database.statements() - before, 1);
    let mut found: Vec<_> = found.into_iter().map(|it| it.id).collect();
    found.sort();
    assert_eq!(found, [ids[0], ids[2]]);
}
