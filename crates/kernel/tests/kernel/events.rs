//! What a lower feature tells, and what those above it do about it in the same transaction.

use kernel::{Event, Fault, Feature, Kind, Problem, Refusal, Tx, testing::App};
use sea_orm::{ConnectionTrait, DbErr};

use crate::database::{counted, insert};

struct Leaving(i64);

impl Event for Leaving {}

#[derive(Debug, thiserror::Error)]
#[error("The last owner cannot leave.")]
struct LastOwner;

impl Fault for LastOwner {
    fn kind(&self) -> Kind {
        Kind::Conflict("last_owner")
    }
}

/// Every subscriber adds a digit, which only works in order; the second may object.
async fn app() -> App {
    let lower = Feature::new("lower").prepare(async |door| {
        let ddl = "create table counter (n bigint not null unique)";
        door.run(async |tx| tx.execute_unprepared(ddl).await.map(drop)).await
    });
    let append = async |tx: &Tx, digit: i64| {
        let sql = format!("update counter set n = n * 10 + {digit}");
        tx.execute_unprepared(&sql).await.map(drop)
    };
    let first = Feature::new("first").on(async move |tx: &Tx, _: &Leaving| append(tx, 1).await);
    let second = Feature::new("second").on(async move |tx: &Tx, event: &Leaving| {
        append(tx, 2).await?;
        if event.0 < 0 { Err(Problem::from(LastOwner)) } else { Ok(()) }
    });
    App::of(vec![lower, first, second]).await
}

async fn leave(app: &App, n: i64) -> Result<(), Refusal> {
    let door = app.database.system();
    door.run(async |tx| {
        insert(tx, n).await?;
        tx.tell(&Leaving(n)).await
    })
    .await
}

#[actix_web::test]
async fn who_is_told_works_in_the_same_transaction_and_in_order() {
    let app = app().await;
    leave(&app, 3).await.unwrap();

    let view = app.database.system();
    assert_eq!(crate::database::number(view.view(), "select n from counter").await, 312);
}

#[actix_web::test]
async fn an_objection_takes_everything_back_and_is_told_as_it_is() {
    let app = app().await;
    let objection = Problem::from(leave(&app, -3).await.unwrap_err());

    assert_eq!(objection.kind(), &Kind::Conflict("last_owner"));
    assert_eq!(objection.to_string(), "The last owner cannot leave.");
    assert_eq!(counted(&app.database).await, 0);
    leave(&app, 3).await.unwrap();
}

#[actix_web::test]
async fn an_event_that_nobody_awaits_is_no_statement() {
    struct Unheard;
    impl Event for Unheard {}

    let app = app().await;
    let before = app.database.statements();
    let door = app.database.system();
    door.run(async |tx| tx.tell(&Unheard).await.map_err(|told| DbErr::Custom(told.to_string())))
        .await
        .unwrap();
    assert_eq!(app.database.statements() - before, 2, "BEGIN, COMMIT");
}
