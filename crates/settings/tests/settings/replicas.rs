//! A change counts here at once and on other replicas with their next poll, which comes within a
//! second.

use kernel::testing::App;
use sea_orm::{ConnectionTrait, DbBackend};
use serde_json::json;

use crate::{DAYS, HERE, MINE, PLATFORM, admin, app, at, features, operator, set, statement};

/// A second process on the same database, which has polled once.
async fn replica(app: &App) -> App {
    let other = app.replica(features()).await;
    other.database.poll_invalidations().await.unwrap();
    other
}

#[actix_web::test]
async fn a_change_counts_at_once_and_elsewhere_with_the_next_poll() {
    let app = app().await;
    let other = replica(&app).await;
    let (root, ada) = (operator(&app), admin(&app));
    let away = ada.on(&other);
    let days = async || {
        let here = DAYS.of_user(ada.door().view(), ada.user()).await.unwrap();
        (here, DAYS.of_user(away.door().view(), ada.user()).await.unwrap())
    };
    assert_eq!(days().await, (7, 7));
    let mut was = 7;
    for (who, place, value) in [(&root, PLATFORM, 30), (&ada, HERE, 31), (&ada, MINE, 32)] {
        set(who, place, &DAYS, json!(value)).await;
        assert_eq!(days().await, (value, was));
        other.database.poll_invalidations().await.unwrap();
        assert_eq!(days().await, (value, value));
        was = value;
    }
    away.delete(&at(MINE, &DAYS)).await.no_content();
    assert_eq!(days().await, (32, 31));
    app.database.poll_invalidations().await.unwrap();
    assert_eq!(days().await, (31, 31));
}

/// What clients see is what the database holds: who has just set something finds it on every replica.
#[actix_web::test]
async fn a_client_sees_its_own_change_on_every_replica() {
    let app = app().await;
    let other = replica(&app).await;
    let ada = admin(&app);
    ada.on(&other).get(HERE).await.ok();
    set(&ada, HERE, &DAYS, json!(30)).await;
    assert_eq!(ada.on(&other).get(&at(HERE, &DAYS)).await.ok()["value"], 30);
}

/// A replica whose connections are cut hears with the first poll that comes through again.
#[actix_web::test]
async fn a_replica_that_lost_its_connections_hears_of_it_with_the_next_poll() {
    let app = app().await;
    let other = replica(&app).await;
    let (root, door) = (operator(&app), other.database.system());
    assert_eq!(DAYS.of(door.view()).await.unwrap(), 7);
    cut(&app).await;
    set(&root, PLATFORM, &DAYS, json!(30)).await;
    while other.database.poll_invalidations().await.is_err() {}
    assert_eq!(DAYS.of(door.view()).await.unwrap(), 30);
}

/// Ends every connection to the database but those of `app`; on SQLite there are none to cut.
async fn cut(app: &App) {
    let door = app.database.system();
    if door.view().get_database_backend() == DbBackend::Sqlite {
        return;
    }
    let all = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
    door.view().query_all_raw(statement(door.view(), all)).await.unwrap();
    // One's own pools lose theirs too, but for one: they find it out with their next statements.
    for _ in 0..20 {
        let _ = door.run(async |tx| tx.execute_unprepared("select 1").await).await;
        let _ = door.view().query_all_raw(statement(door.view(), "select 1")).await;
    }
}
