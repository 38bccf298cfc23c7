//! Accounts that go: hidden, restored, erased.

use chrono::TimeDelta;
use kernel::{Feature, Kind, Problem, Tx, UserId};
use sea_orm::ConnectionTrait;
use serde_json::json;
use users::Erased;

use crate::{accounts::names, ada, app, app_with, create, delete, one, read, tamper, told};

fn account(user: UserId) -> String {
    format!("/api/v1/users/{user}")
}

#[actix_web::test]
async fn a_deleted_account_is_hidden_until_it_is_restored() {
    let app = app().await;
    let (ada, staff) = (ada(&app).await, app.staff(&["users:read", "users:write"]));
    let (path, restore) = (account(ada.user()), format!("{}/restore", account(ada.user())));
    assert_eq!(staff.post(&restore, json!({})).await.ok()["version"], 1, "it is there: as it was");
    delete(&app, ada.user()).await.unwrap();
    ada.get(crate::ME).await.problem(404, "not_found");
    assert!(names(&staff, "").await.is_empty());
    assert_eq!(names(&staff, "&q=lovelace&status=deleted").await, ["ada"]);
    let shown = staff.get(&path).await.ok();
    assert_eq!((&shown["status"], &shown["version"]), (&json!("deleted"), &json!(2)));
    assert_eq!(shown["erase_at"], "2026-12-20T12:00:00Z");
    staff.patch(&path, json!({ "name": "Ghost" })).await.problem(404, "not_found");
    staff
        .post(&format!("{path}/disable"), json!({ "reason": "x" }))
        .await
        .problem(404, "not_found");

    let back = staff.post(&restore, json!({})).await.ok();
    assert_eq!((&back["status"], &back["erase_at"]), (&json!("active"), &json!(null)));
    assert_eq!(read(&ada).await["name"], "Ada Lovelace");
    let actions: Vec<_> = told(&app, ada.user()).await.into_iter().map(|it| it.action).collect();
    assert_eq!(actions, ["user.created", "user.deleted", "user.restored"]);
}

/// A19: an address is one account's at a time, whoever had it before.
#[actix_web::test]
async fn an_account_is_not_restored_when_its_address_was_used_again() {
    let app = app().await;
    let (ada, staff) = (ada(&app).await, app.staff(&["users:read", "users:write"]));
    delete(&app, ada.user()).await.unwrap();
    let other = create(&app, "ADA@example.com").await.unwrap();
    let restore = format!("{}/restore", account(ada.user()));
    staff.post(&restore, json!({})).await.problem(409, "email_taken");
    assert_eq!(staff.get(&account(ada.user())).await.ok()["status"], "deleted");
    delete(&app, other.id).await.unwrap();
    staff.post(&restore, json!({})).await.ok();
}

/// ASVS 14.2.7: what is not needed any more goes, at the time that was fixed when it was deleted.
#[actix_web::test]
async fn after_thirty_days_a_deleted_account_is_erased_and_every_feature_forgets() {
    let hear = async |tx: &Tx, erased: &Erased| {
        let sql = format!("insert into farewells values ('{}')", erased.user);
        tx.execute_unprepared(&sql).await?;
        Ok::<(), Problem>(())
    };
    let app = app_with(Feature::new("above").on(hear)).await;
    tamper(&app, "create table farewells (name varchar(200))").await;
    let (ada, staff) = (ada(&app).await, app.staff(&["users:read", "users:write"]));
    let zoe = create(&app, "zoe@example.com").await.unwrap();
    delete(&app, ada.user()).await.unwrap();
    app.database.clock.advance(TimeDelta::days(30) - TimeDelta::seconds(1));
    app.run_jobs().await;
    assert_eq!(staff.get(&account(ada.user())).await.ok()["status"], "deleted");

    app.database.clock.advance(TimeDelta::hours(1));
    let restore = format!("{}/restore", account(ada.user()));
    staff.post(&restore, json!({})).await.problem(404, "not_found");
    app.run_jobs().await;
    staff.get(&account(ada.user())).await.problem(404, "not_found");
    assert!(names(&staff, "&status=deleted").await.is_empty());
    let told = told(&app, ada.user()).await;
    assert_eq!(told.last().unwrap().action, "user.erased");
    for (table, column) in [("users", "id"), ("user_words", "user_id"), ("recipients", "user_id")] {
        for (user, expected) in [(ada.user(), false), (zoe.id, true)] {
            let sql = format!("select count(*) from {table} where {column} = $1");
            let left: i64 = one(&app, &sql, user.0.into()).await.try_get_by_index(0).unwrap();
            assert_eq!(left > 0, expected, "{table}");
        }
    }
    let heard =
        one(&app, "select count(*) from farewells where name = $1", ada.user().to_string().into());
    assert_eq!(heard.await.try_get_by_index::<i64>(0).unwrap(), 1);
}

/// One that somebody will not let go keeps no other, and stays whole.
#[actix_web::test]
async fn an_account_that_cannot_be_erased_keeps_no_other() {
    let object = async |tx: &Tx, erased: &Erased| {
        let kept = "select count(*) from kept where name = $1";
        let backend = tx.get_database_backend();
        let ask = sea_orm::Statement::from_sql_and_values(
            backend,
            kept,
            [erased.user.to_string().into()],
        );
        let row = tx.query_one_raw(ask).await?;
        match row.map(|row| row.try_get_by_index::<i64>(0)).transpose()? {
            Some(0) | None => Ok(()),
            Some(_) => Err(Problem::new(Kind::Conflict("kept"), "Not this one.")),
        }
    };
    let app = app_with(Feature::new("above").on(object)).await;
    tamper(&app, "create table kept (name varchar(200))").await;
    let staff = app.staff(&["users:read"]);
    let (first, second) = (
        create(&app, "a@example.com").await.unwrap(),
        create(&app, "b@example.com").await.unwrap(),
    );
    tamper(&app, &format!("insert into kept values ('{}')", first.id)).await;
    for user in [first.id, second.id] {
        delete(&app, user).await.unwrap();
    }
    app.database.clock.advance(TimeDelta::days(31));
    app.run_jobs().await;
    assert_eq!(names(&staff, "&status=deleted").await, ["a"]);
}

#[actix_web::test]
async fn an_account_disabled_until_a_time_is_enabled_by_itself() {
    let app = app().await;
    let (ada, staff) = (ada(&app).await, app.staff(&["users:read", "users:write"]));
    let disable = format!("{}/disable", account(ada.user()));
    let until = |until: &str| json!({ "reason": "Fraud", "until": until });
    staff.post(&disable, until("2026-11-20T12:00:00Z")).await.problem(422, "validation_failed");
    staff.post(&disable, until("2026-11-20T13:00:00.123456789Z")).await.ok();
    let later = staff.post(&disable, until("2026-11-20T14:00:00Z")).await.ok();
    assert_eq!(
        (&later["version"], &later["disabled_until"]),
        (&json!(3), &json!("2026-11-20T14:00:00Z"))
    );

    app.database.clock.advance(TimeDelta::hours(2) - TimeDelta::seconds(1));
    app.run_jobs().await;
    assert_eq!(staff.get(&account(ada.user())).await.ok()["status"], "disabled");
    app.database.clock.advance(TimeDelta::minutes(1));
    let user = users::by_id(app.database.system().view(), ada.user()).await.unwrap();
    assert!(!user.is_disabled_at(app.database.system().view().now()), "at once, before any job");
    app.run_jobs().await;
    let account = staff.get(&account(ada.user())).await.ok();
    assert_eq!(account["status"], "active");
    assert_eq!(
        (&account["disabled_reason"], &account["disabled_until"]),
        (&json!(null), &json!(null))
    );
    let log = told(&app, ada.user()).await;
    let last = log.last().unwrap();
    assert_eq!((last.action.as_str(), last.actor.r#type.as_str()), ("user.enabled", "system"));
}
