//! Places in inboxes: given after COMMIT, in order, without a gap.

use kernel::UserId;
use notifications::Notice;
use sea_orm::DbErr;
use serde_json::json;

use crate::{CALLED, TOPICS, WAVED, app, features, places};

const PATH: &str = "/api/v1/notifications";

#[actix_web::test]
async fn each_inbox_is_numbered_by_itself_and_without_a_gap() {
    let app = app("file:unused").await;
    let readers: Vec<_> = (0..250).map(|_| app.staff(&[])).collect();
    for round in 0..3 {
        let door = app.database.system();
        let users: Vec<UserId> = readers.iter().map(kernel::testing::Actor::user).collect();
        door.run(async |tx| {
            for user in &users {
                notifications::notify(
                    tx,
                    *user,
                    CALLED,
                    Notice::saying("Fire", &round.to_string()),
                )?;
            }
            Ok::<_, DbErr>(())
        })
        .await
        .unwrap();
        app.run_duties().await;
    }
    for reader in &readers {
        assert_eq!(places(&reader.get(PATH).await.ok()), [3, 2, 1]);
    }
}

#[actix_web::test]
async fn what_comes_to_many_costs_a_few_statements() {
    let app = app("file:unused").await;
    let users: Vec<UserId> = (0..150).map(|_| app.staff(&[]).user()).collect();
    let send = async || {
        let door = app.database.system();
        let sent = door.run(async |tx| {
            users.iter().try_for_each(|user| {
                notifications::notify(tx, *user, CALLED, Notice::saying("Fire", ""))
            })
        });
        sent.await.unwrap();
    };
    send().await;
    app.run_duties().await;
    send().await;
    let before = app.database.statements();
    app.run_duties().await;
    let cost = app.database.statements() - before;
    assert!(cost <= 20, "{cost} statements for 150 inboxes");
}

#[actix_web::test]
async fn a_topic_that_is_off_comes_to_no_inbox_and_leaves_no_gap() {
    static QUIET: [notifications::Topic; 1] = [notifications::Topic {
        key: "greeter.whispered",
        in_app: notifications::Channel::Off,
        ..TOPICS[0]
    }];
    let quiet = kernel::Feature::new("quiet").declare(&QUIET);
    let mut all = features("file:unused");
    all.push(quiet);
    let app = kernel::testing::App::of(all).await;
    let reader = app.staff(&[]);
    let (door, user) = (app.database.system(), reader.user());
    let notice = || Notice::of(json!({ "name": "Ada", "place": "Vienna" }));
    door.run(async |tx| {
        notifications::notify(tx, user, WAVED, notice())?;
        notifications::notify(tx, user, &QUIET[0], notice())?;
        notifications::notify(tx, user, WAVED, notice())
    })
    .await
    .unwrap();
    app.run_duties().await;
    assert_eq!(places(&reader.get(PATH).await.ok()), [2, 1]);
}
