//! Many writers: on SQLite they stand in line, and none of them hears of it.

use std::{
    env,
    future::pending,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use kernel::{Door, View, db::Registry};
use sea_orm::{ConnectionTrait, DbErr};

use serde_json::json;

use crate::{
    database::{counted, counting, insert, number},
    demo::{READ, WRITE, app},
};

/// Two processes on one database: whoever reads first and writes later waits from the beginning.
#[actix_web::test]
async fn writers_wait_for_one_another() {
    let database = counting().await;
    let other = database.again(Registry::default()).await;
    let doors = [database.system(), other.system()];
    doors[0].run(async |tx| insert(tx, 0).await).await.unwrap();

    let count = async |door: &Door<View>| {
        door.run(async |tx| {
            number(tx, "select n from counter").await;
            tx.execute_unprepared("update counter set n = n + 1").await
        })
        .await
    };
    let done = join_all(doors.iter().cycle().take(40).map(count)).await;
    assert!(done.iter().all(Result::is_ok), "{done:?}");
    assert_eq!(number(doors[0].view(), "select n from counter").await, 40);
    other.close().await.unwrap();
}

/// `SOAK_SECONDS=30` is the long form.
#[actix_web::test]
async fn sixty_four_writers_and_as_many_readers_never_hear_that_it_is_locked() {
    let database = Arc::new(counting().await);
    let seconds = env::var("SOAK_SECONDS").map_or(2, |it| it.parse().unwrap());
    let end = Instant::now() + Duration::from_secs(seconds);

    let write = async |writer: i64| {
        let (door, mut n) = (database.system(), 0);
        while Instant::now() < end {
            let number = writer * 1_000_000 + n;
            door.run(async |tx| {
                insert(tx, number).await?;
                tx.execute_unprepared(&format!("update counter set n = -1 - n where n = {number}"))
                    .await
            })
            .await?;
            n += 1;
        }
        Ok::<_, DbErr>(n)
    };
    let read = async |_| {
        while Instant::now() < end {
            number(database.system().view(), "select count(*) from counter where n > 0").await;
        }
    };
    let (written, _) = tokio::join!(join_all((1..=64).map(write)), join_all((1..=64).map(read)));
    let written = written.into_iter().collect::<Result<Vec<_>, _>>().unwrap();
    assert_eq!(counted(&database).await, written.iter().sum::<i64>());
    assert!(written.iter().all(|n| *n > 0), "nobody starves: {written:?}");
}

/// R5, ASVS 13.2.6: with every connection in use, who comes last is told to come again.
#[actix_web::test]
async fn who_cannot_be_served_in_time_is_told_to_come_again() {
    let app = app().await;
    let acme = app.member(&[READ, WRITE]);
    let (door, writers) = (app.database.system(), app.database.config.pool);
    let all =
        join_all((0..writers).map(|_| door.run(async |_| pending::<Result<(), DbErr>>().await)));
    let late = async {
        tokio::task::yield_now().await;
        acme.get("/things").await.ok();
        acme.post("/things", json!({ "name": "Late" })).await
    };
    let late = tokio::select! { biased; _ = all => unreachable!(), late = late => late };
    assert_eq!(late.header("retry-after"), "1");
    late.problem(503, "unavailable");
    acme.post("/things", json!({ "name": "Later" })).await.created();
}
