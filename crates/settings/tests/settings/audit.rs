//! What the audit log keeps.

use audit_log::AuditEntryOut;
use kernel::testing::App;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{DAYS, HERE, MINE, PLATFORM, TOKEN, admin, app, at, lock, operator, rows, set};

/// Actions and changes, oldest first; what is personal is not among it.
async fn log(app: &App) -> Vec<(String, Value)> {
    let sql = "select action, changes from audit_log where target_type = 'setting' order by id";
    let told = rows(app, sql).await;
    told.iter()
        .map(|it| (it.try_get_by_index(0).unwrap(), it.try_get_by_index(1).unwrap()))
        .collect()
}

#[actix_web::test]
async fn each_value_that_changes_leaves_one_entry() {
    let app = app().await;
    let (root, ada) = (operator(&app), admin(&app));
    lock(&root, PLATFORM, &DAYS, json!(30)).await;
    lock(&root, PLATFORM, &DAYS, json!(30)).await;
    ada.patch(HERE, json!({ "demo.greeting": "hi", "demo.beta": true })).await.ok();
    ada.delete(&at(HERE, &crate::BETA)).await.no_content();
    let told = |action: &str, changes: Value| (action.to_owned(), changes);
    let expected = [
        told(
            "setting.changed",
            json!({ "key": "demo.days", "value": { "from": null, "to": 30 }, "locked": { "from": false, "to": true } }),
        ),
        told(
            "setting.changed",
            json!({ "key": "demo.beta", "value": { "from": null, "to": true } }),
        ),
        told(
            "setting.changed",
            json!({ "key": "demo.greeting", "value": { "from": null, "to": "hi" } }),
        ),
        told(
            "setting.removed",
            json!({ "key": "demo.beta", "value": { "from": true, "to": null } }),
        ),
    ];
    assert_eq!(log(&app).await, expected);
    let sql = "select count(*) from audit_log where organization_id <> (select organization_id from settings where key = 'demo.days')";
    assert_eq!(crate::count(&app, sql).await, 3, "in the organization's own log");
}

/// ASVS 16.2.5.
#[actix_web::test]
async fn of_a_secret_the_log_says_that_it_is_set_and_no_more() {
    let app = app().await;
    let root = operator(&app);
    set(&root, PLATFORM, &TOKEN, json!("canary one")).await;
    set(&root, PLATFORM, &TOKEN, json!("canary two")).await;
    root.delete(&at(PLATFORM, &TOKEN)).await.no_content();
    let is_set = json!({ "is_set": true });
    let changes: Vec<_> = log(&app).await.into_iter().map(|it| it.1).collect();
    let expected = [
        json!({ "key": "demo.token", "value": { "from": null, "to": is_set } }),
        json!({ "key": "demo.token" }),
        json!({ "key": "demo.token", "value": { "from": is_set, "to": null } }),
    ];
    assert_eq!(changes, expected);
}

/// What somebody has set tells something of them: it goes when their key does.
#[actix_web::test]
async fn what_a_person_sets_is_kept_under_their_own_key() {
    let app = app().await;
    let ada = app.staff(&[]);
    set(&ada, MINE, &DAYS, json!(30)).await;
    assert_eq!(log(&app).await[0].1, json!({ "key": "demo.days" }));
    let target: Uuid = rows(&app, "select id from settings").await[0].try_get_by_index(0).unwrap();
    let door = app.database.system();
    let told: Vec<AuditEntryOut> = audit_log::of(door.view(), target).await.unwrap();
    assert_eq!(told[0].changes["value"], json!({ "from": null, "to": 30 }));
}
