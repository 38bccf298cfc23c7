//! One transaction: all of it or nothing, whatever ends it.

use std::{future::pending, panic::AssertUnwindSafe, pin::pin, task::Poll};

use futures_util::FutureExt;
use kernel::{Db, Door, Leaving, OrgTx, OrgView, OrganizationId, Tx, View, testing::TestDatabase};
use sea_orm::{ConnectionTrait, DbErr, Statement};
use tokio::sync::oneshot;

/// What a plain reader, a tenant's reader and a writer ask for; all take an `&OrgTx`.
fn plain(_: &View) {}
fn tenant(_: &OrgView) {}
fn writer(tx: &OrgTx) {
    plain(tx);
    tenant(tx);
}

pub async fn number(view: &impl ConnectionTrait, sql: &str) -> i64 {
    let sql = Statement::from_sql_and_values(view.get_database_backend(), sql, []);
    view.query_one_raw(sql).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

/// A database with the table `counter`.
pub async fn counting() -> TestDatabase {
    let database = TestDatabase::new().await;
    let ddl = "create table counter (n bigint not null unique)";
    database.system().run(async |tx| tx.execute_unprepared(ddl).await).await.unwrap();
    database
}

pub async fn counted(db: &Db) -> i64 {
    number(db.system().view(), "select count(*) from counter").await
}

pub async fn insert(tx: &Tx, n: i64) -> Result<(), DbErr> {
    tx.execute_unprepared(&format!("insert into counter values ({n})")).await?;
    Ok(())
}

#[actix_web::test]
async fn what_succeeds_is_committed_and_what_fails_is_gone() {
    let database = counting().await;
    let door = database.system();

    door.run(async |tx| insert(tx, 1).await).await.unwrap();
    let failed = door.run(async |tx| {
        insert(tx, 2).await?;
        assert_eq!(number(tx, "select count(*) from counter").await, 2, "it sees its own writes");
        Err::<(), _>(DbErr::Custom("later".into()))
    });
    assert!(failed.await.is_err());

    assert_eq!(counted(&database).await, 1);
    door.run(async |tx| insert(tx, 2).await).await.unwrap();
}

#[actix_web::test]
async fn a_panic_takes_the_transaction_with_it() {
    let database = counting().await;
    let door = database.system();
    let panicking = door.run(async |tx| {
        insert(tx, 1).await?;
        assert_eq!(1, 2, "a mistake");
        Ok::<_, DbErr>(())
    });
    assert!(AssertUnwindSafe(panicking).catch_unwind().await.is_err());

    assert_eq!(counted(&database).await, 0);
    door.run(async |tx| insert(tx, 1).await).await.unwrap();
}

#[actix_web::test]
async fn a_client_who_leaves_midway_takes_the_transaction_along() {
    let database = counting().await;
    let door = database.system();
    for _ in 0..20 {
        let (begun, has_begun) = oneshot::channel();
        let run = door.run(async move |tx| {
            insert(tx, 1).await?;
            begun.send(()).unwrap();
            pending::<Result<(), DbErr>>().await
        });
        tokio::select! { _ = run => unreachable!(), _ = has_begun => {} }
    }
    assert_eq!(counted(&database).await, 0);
    door.run(async |tx| insert(tx, 1).await).await.unwrap();
}

/// Left at any await of a unit of work, nothing is half done and no connection is lost.
#[actix_web::test]
async fn a_client_may_leave_at_any_moment() {
    let database = counting().await;
    let door = database.system();
    for polls in 1..60 {
        let mut run = pin!(door.run(async |tx| {
            insert(tx, polls).await?;
            insert(tx, -polls).await
        }));
        for _ in 0..polls {
            if run.as_mut().now_or_never().is_some() {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    door.run(async |tx| insert(tx, 0).await).await.unwrap();
    assert_eq!(counted(&database).await % 2, 1, "both of a pair, or neither");
}

#[actix_web::test]
async fn a_view_cannot_write() {
    let database = counting().await;
    let refused =
        database.system().view().execute_unprepared("insert into counter values (1)").await;
    let told = refused.unwrap_err().to_string();
    assert!(told.contains("read"), "{told}");
    assert_eq!(counted(&database).await, 0);
}

#[actix_web::test]
async fn a_transaction_cannot_be_carried_out_of_its_unit_of_work() {
    let database = counting().await;
    let door = database.system();
    let smuggled = door.run(async |tx| {
        insert(tx, 1).await?;
        Ok::<_, DbErr>(tx.outside())
    });
    assert!(smuggled.await.is_err());
    assert_eq!(counted(&database).await, 0);
}

#[actix_web::test]
async fn a_transaction_reads_as_the_view_it_is_and_may_enter_an_organization() {
    let database = counting().await;
    let door: Door<View> = database.system();
    let acme = OrganizationId(door.view().id());
    let entered = async |tx: &Tx| {
        plain(tx);
        let inside = tx.inside(acme);
        writer(&inside);
        insert(&inside.outside(), 1).await?;
        Ok::<_, DbErr>(inside.org())
    };
    assert_eq!(door.run(entered).await.unwrap(), acme);
    assert_eq!(counted(&database).await, 1);
}

/// PostgreSQL answers COMMIT with a silent ROLLBACK once a statement has failed.
#[actix_web::test]
async fn a_failure_that_the_work_keeps_to_itself_is_no_success() {
    let database = counting().await;
    let door = database.system();
    let quiet = door.run(async |tx| {
        insert(tx, 1).await?;
        assert!(insert(tx, 1).await.is_err());
        Ok::<_, DbErr>(())
    });
    assert!(quiet.await.is_err());
    assert_eq!(counted(&database).await, 0);
}

#[actix_web::test]
async fn what_follows_a_commit_follows_no_roll_back() {
    let database = counting().await;
    let door = database.system();
    let (send, mut told) = tokio::sync::mpsc::unbounded_channel();
    let telling = |n| {
        let send = send.clone();
        move || send.send(n).unwrap()
    };
    let failed = door.run(async |tx| {
        tx.on_commit(telling(1));
        Err::<(), _>(DbErr::Custom("later".into()))
    });
    assert!(failed.await.is_err());
    door.run(async |tx| {
        tx.on_commit(telling(2));
        insert(tx, 1).await
    })
    .await
    .unwrap();
    assert_eq!((told.try_recv().unwrap(), told.try_recv().is_err()), (2, true));
}

#[actix_web::test]
async fn a_panic_after_commit_keeps_nothing_else_from_following() {
    let database = counting().await;
    let door = database.system();
    let (told, hears) = oneshot::channel();
    door.run(async |tx| {
        tx.on_commit(|| assert_eq!(1, 2, "a mistake"));
        tx.on_commit(|| told.send(()).unwrap());
        insert(tx, 1).await
    })
    .await
    .unwrap();
    hears.await.unwrap();
}

#[actix_web::test]
async fn a_client_who_leaves_during_commit_cancels_nothing_of_it() {
    let database = counting().await;
    let door = database.system();
    let before = database.statements();
    let (told, hears) = oneshot::channel();
    {
        let mut run = pin!(door.run(async |tx| {
            tx.on_commit(|| told.send(()).unwrap());
            insert(tx, 1).await
        }));
        std::future::poll_fn(|context| {
            assert!(run.as_mut().poll(context).is_pending(), "COMMIT takes a while");
            let committing = database.statements() - before == 3; // BEGIN, INSERT, COMMIT
            if committing { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
    hears.await.unwrap();
    assert_eq!(counted(&database).await, 1);
}

/// A pile of numbers.
#[derive(Default)]
struct Numbers(Vec<i64>);

impl Leaving for Numbers {
    type Row = i64;

    fn add(&mut self, row: i64) {
        self.0.push(row);
    }

    async fn write(self, view: &View) -> Result<(), DbErr> {
        let rows: Vec<_> = self.0.iter().map(|n| format!("({n})")).collect();
        let sql = format!("insert into counter values {}", rows.join(", "));
        view.execute_unprepared(&sql).await.map(drop)
    }
}

#[actix_web::test]
async fn what_is_left_is_written_at_once_before_commit() {
    let database = counting().await;
    let door = database.system();
    let before = database.statements();
    door.run(async |tx| {
        (1..=50).for_each(|n| tx.leave::<Numbers>(n));
        Ok::<_, DbErr>(())
    })
    .await
    .unwrap();
    assert_eq!(database.statements() - before, 3, "BEGIN, one INSERT, COMMIT");
    assert_eq!(counted(&database).await, 50);

    let twice = door.run(async |tx| {
        insert(tx, 51).await?;
        tx.leave::<Numbers>(50);
        Ok::<_, DbErr>(())
    });
    assert!(twice.await.is_err(), "what cannot be written fails the whole");
    assert_eq!(counted(&database).await, 50);
}
