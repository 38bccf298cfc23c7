//! Settings as the features' code reads them.

use kernel::{Feature, OrganizationId, testing::App};
use sea_orm::DbErr;
use serde_json::json;

use crate::{
    ALL, BETA, COLOUR, Colour, DAYS, GREETING, HERE, HOSTS, MINE, PLATFORM, TOKEN, admin, app, at,
    lock, operator, set,
};

#[actix_web::test]
async fn code_reads_what_is_set_in_its_own_types() {
    let app = app().await;
    let (root, ada) = (operator(&app), admin(&app));
    let (platform, door) = (root.platform(), ada.door());
    assert_eq!(DAYS.of(door.view()).await.unwrap(), 7);
    assert_eq!(COLOUR.of(door.view()).await.unwrap(), Colour::Red);
    assert_eq!(HOSTS.of(door.view()).await.unwrap(), ["localhost"]);
    assert!(TOKEN.of(door.view()).await.unwrap().is_none());

    set(&root, PLATFORM, &COLOUR, json!("blue")).await;
    set(&root, PLATFORM, &GREETING, json!("hi")).await;
    set(&ada, HERE, &BETA, json!(true)).await;
    set(&ada, HERE, &HOSTS, json!(["a", "b"])).await;
    set(&ada, HERE, &TOKEN, json!("canary")).await;
    assert_eq!(COLOUR.of(door.view()).await.unwrap(), Colour::Blue);
    assert_eq!(GREETING.of(door.view()).await.unwrap(), "hi");
    assert!(BETA.of(door.view()).await.unwrap() && !BETA.of(platform.view()).await.unwrap());
    assert_eq!(HOSTS.of(door.view()).await.unwrap(), ["a", "b"]);
    assert_eq!(TOKEN.of(door.view()).await.unwrap().unwrap().expose(), "canary");
    assert!(TOKEN.of(platform.view()).await.unwrap().is_none());
}

#[actix_web::test]
async fn what_an_account_has_set_counts_where_code_asks_for_it() {
    let app = app().await;
    let (root, ada, eve) = (operator(&app), admin(&app), admin(&app));
    set(&ada, MINE, &DAYS, json!(5)).await;
    set(&ada, HERE, &DAYS, json!(60)).await;
    let door = ada.door();
    assert_eq!(DAYS.of(door.view()).await.unwrap(), 60);
    assert_eq!(DAYS.of_user(door.view(), ada.user()).await.unwrap(), 5);
    assert_eq!(DAYS.of_user(door.view(), eve.user()).await.unwrap(), 60);
    assert_eq!(DAYS.of_user(root.platform().view(), ada.user()).await.unwrap(), 5);
    lock(&root, PLATFORM, &DAYS, json!(30)).await;
    assert_eq!(DAYS.of(door.view()).await.unwrap(), 30);
    assert_eq!(DAYS.of_user(door.view(), ada.user()).await.unwrap(), 30);
}

/// Design §8: the hot path takes no statement.
#[actix_web::test]
async fn what_is_in_memory_takes_no_statement_in_a_transaction_neither() {
    let app = app().await;
    let ada = admin(&app);
    set(&ada, HERE, &TOKEN, json!("canary")).await;
    let door = ada.door();
    let read = async |days| {
        assert_eq!(DAYS.of_user(door.view(), ada.user()).await.unwrap(), days);
        assert_eq!(TOKEN.of(door.view()).await.unwrap().unwrap().expose(), "canary");
        let inside = door.run(async |tx| DAYS.of_user(&**tx, ada.user()).await);
        assert_eq!(inside.await.unwrap(), days);
    };
    read(7).await;
    let before = app.database.statements();
    read(7).await;
    assert_eq!(app.database.statements() - before, 2, "BEGIN and COMMIT");
    set(&ada, HERE, &DAYS, json!(30)).await;
    read(30).await;
    let before = app.database.statements();
    read(30).await;
    assert_eq!(app.database.statements() - before, 2);
}

/// What is not committed counts for nobody, and is remembered by no cache.
#[actix_web::test]
async fn a_transaction_reads_what_is_committed() {
    let app = app().await;
    let (root, door) = (operator(&app), app.database.system());
    let failed = door.run(async |tx| {
        let sql = "update settings set value = '60'";
        sea_orm::ConnectionTrait::execute_unprepared(tx, sql).await?;
        assert_eq!(DAYS.of(&**tx).await?, 30);
        Err::<(), _>(DbErr::Custom("later".into()))
    });
    set(&root, PLATFORM, &DAYS, json!(30)).await;
    failed.await.unwrap_err();
    assert_eq!(DAYS.of(door.view()).await.unwrap(), 30);
}

/// A lower feature's tests need not mount this one.
#[actix_web::test]
async fn where_nobody_keeps_values_defaults_count() {
    let demo = Feature::new("demo").settings(ALL).setting_default(&DAYS, 14);
    let app = App::of(vec![demo]).await;
    let door = app.database.system();
    assert_eq!(DAYS.of(door.view()).await.unwrap(), 14);
    assert_eq!(GREETING.of(door.view()).await.unwrap(), "hello");
    let inside = door.run(async |tx| {
        let place = tx.inside(tx.id::<OrganizationId>());
        TOKEN.of(&*place).await
    });
    assert!(inside.await.unwrap().is_none());
}

#[actix_web::test]
async fn an_account_that_unsets_inherits_again() {
    let app = app().await;
    let ada = admin(&app);
    set(&ada, MINE, &DAYS, json!(5)).await;
    let door = ada.door();
    assert_eq!(DAYS.of_user(door.view(), ada.user()).await.unwrap(), 5);
    ada.delete(&at(MINE, &DAYS)).await.no_content();
    assert_eq!(DAYS.of_user(door.view(), ada.user()).await.unwrap(), 7);
}
