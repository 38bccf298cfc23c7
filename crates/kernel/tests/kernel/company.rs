//! Units of work that come at the same time: on SQLite they share a COMMIT, and each fares as if it
//! were alone.

use std::{
    future::pending,
    panic::AssertUnwindSafe,
    pin::pin,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use futures_util::{FutureExt, future::join_all};
use kernel::{Door, View, testing::TestDatabase};
use sea_orm::{ConnectionTrait, DbErr, Statement};
use tokio::sync::{Barrier, Semaphore, oneshot};

use crate::database::{counted, counting, insert, number};

async fn add(door: &Door<View>, n: i64) -> Result<(), DbErr> {
    door.run(async |tx| insert(tx, n).await).await
}

async fn is_there(door: &Door<View>, n: i64) -> bool {
    number(door.view(), &format!("select count(*) from counter where n = {n}")).await == 1
}

fn is_sqlite(database: &TestDatabase) -> bool {
    database.config.file().is_some()
}

#[actix_web::test]
async fn many_writers_share_what_a_lone_one_does_by_itself_at_once() {
    let database = counting().await;
    let door = database.system();
    let mut quickest = Duration::MAX;
    for n in 1..=20 {
        let (before, begun) = (database.statements(), Instant::now());
        add(&door, -n).await.unwrap();
        assert_eq!(database.statements() - before, 3, "BEGIN, INSERT, COMMIT");
        quickest = quickest.min(begun.elapsed());
    }
    assert!(quickest < Duration::from_millis(20), "it waits for nobody: {quickest:?}");

    let before = database.statements();
    let done = join_all((1..=200).map(|n| add(&door, n))).await;
    assert!(done.iter().all(Result::is_ok), "{done:?}");
    assert_eq!(counted(&database).await, 220);
    // Each has its INSERT and a statement at its end; what is left are BEGINs that nobody shared.
    let alone = database.statements() - before - 2 * 200;
    assert!(alone <= 100, "{alone} transactions were opened for 200 units of work");
}

/// What others do in the same transaction is theirs alone.
#[actix_web::test]
async fn one_who_fails_panics_or_leaves_takes_nobody_along() {
    let database = counting().await;
    let door = database.system();
    add(&door, 0).await.unwrap();
    let unit = async |n: i64| {
        let (begun, has_begun) = oneshot::channel();
        let mut run = pin!(door.run(async move |tx| {
            insert(tx, n).await?;
            let _ = begun.send(());
            match n % 6 {
                1 => return Err(DbErr::Custom("no".into())),
                2 => insert(tx, 0).await?, // which is taken
                3 => assert_ne!(n % 6, 3, "a mistake"),
                4 => pending().await,
                _ => {}
            }
            insert(tx, -n).await
        }));
        match n % 6 {
            4 => tokio::select! { _ = run => unreachable!(), _ = has_begun => false },
            5 => run.as_mut().now_or_never().is_some(), // leaves from where it stands
            _ => AssertUnwindSafe(run).catch_unwind().await.is_ok_and(|done| done.is_ok()),
        }
    };
    for round in 0..5 {
        let numbers = round * 60 + 1..=round * 60 + 60;
        let done = join_all(numbers.clone().map(&unit)).await;
        for (n, done) in numbers.zip(done) {
            assert_eq!(done, n % 6 == 0, "{n}");
            assert_eq!((is_there(&door, n).await, is_there(&door, -n).await), (done, done), "{n}");
        }
    }
    assert_eq!(counted(&database).await, 1 + 2 * 5 * 10);
}

#[actix_web::test]
async fn a_client_may_leave_at_any_moment_and_those_beside_it_do_not_notice() {
    let database = counting().await;
    let door = database.system();
    let pair = async |n: i64| {
        door.run(async |tx| {
            insert(tx, n).await?;
            insert(tx, -n).await
        })
        .await
    };
    for polls in 1..50 {
        let leaving = async {
            let mut run = pin!(pair(polls * 10));
            for _ in 0..polls {
                if run.as_mut().now_or_never().is_some() {
                    break;
                }
                tokio::task::yield_now().await;
            }
        };
        let [one, two] = [pair(polls * 10 + 1), pair(polls * 10 + 2)];
        let (one, (), two) = tokio::join!(one, leaving, two);
        assert!(one.is_ok() && two.is_ok(), "{one:?} {two:?}");
    }
    add(&door, 0).await.unwrap();
    assert_eq!(counted(&database).await % 2, 1, "both of a pair, or neither");
}

#[actix_web::test]
async fn nobody_is_answered_before_commit_and_what_follows_it_keeps_its_order() {
    let database = counting().await;
    let door = database.system();
    let followed = Arc::new(Mutex::new(Vec::new()));
    let unit = async |n: i64| {
        door.run(async |tx| {
            let followed = Arc::clone(&followed);
            tx.on_commit(move || followed.lock().unwrap().push(n));
            insert(tx, n).await
        })
        .await
        .unwrap();
        assert!(followed.lock().unwrap().contains(&n) && is_there(&door, n).await);
    };
    join_all((1..=100).map(unit)).await;
    let followed = followed.lock().unwrap().clone();
    assert_eq!(followed.len(), 100);
    if is_sqlite(&database) {
        let sql = Statement::from_sql_and_values(
            database.system().view().get_database_backend(),
            "select n from counter order by rowid",
            [],
        );
        let rows = door.view().query_all_raw(sql).await.unwrap();
        let written: Vec<i64> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
        assert_eq!(followed, written);
    }
}

/// A constraint that is looked at only then is one way for COMMIT to fail; a full disk is another.
#[actix_web::test]
async fn a_commit_that_fails_acknowledges_nobody_who_shares_it() {
    let database = counting().await;
    let door = database.system();
    for ddl in [
        "create table parent (id bigint primary key)",
        "create table child (id bigint references parent (id) deferrable initially deferred)",
    ] {
        door.run(async |tx| tx.execute_unprepared(ddl).await).await.unwrap();
    }
    let orphan = async |n: i64| {
        door.run(async |tx| {
            insert(tx, n).await?;
            tx.execute_unprepared("insert into child values (1)").await
        })
        .await
    };
    let mut fell = 0;
    for n in (1..=60).step_by(3) {
        let (one, bad, two) = tokio::join!(add(&door, n), orphan(n + 1), add(&door, n + 2));
        assert!(bad.is_err() && !is_there(&door, n + 1).await);
        for (n, done) in [(n, one), (n + 2, two)] {
            assert_eq!(is_there(&door, n).await, done.is_ok(), "{done:?}");
            fell += usize::from(done.is_err());
        }
    }
    assert_eq!(fell > 0, is_sqlite(&database), "{fell} fell with another");
    add(&door, 0).await.unwrap();
}

/// As SQLite does on a full disk (R8): what came then would be committed statement by statement.
#[actix_web::test]
async fn where_the_database_ends_the_transaction_nobody_in_it_is_told_that_it_is_kept() {
    let database = counting().await;
    if !is_sqlite(&database) {
        return; // PostgreSQL does no such thing
    }
    let door = database.system();
    let ending = async |n: i64| {
        door.run(async |tx| {
            insert(tx, n).await?;
            tx.execute_unprepared("rollback").await
        })
        .await
    };
    let mut fell = 0;
    for n in (1..=60).step_by(3) {
        let (one, bad, two) = tokio::join!(add(&door, n), ending(n + 1), add(&door, n + 2));
        assert!(bad.is_err() && !is_there(&door, n + 1).await);
        for (n, done) in [(n, one), (n + 2, two)] {
            assert_eq!(is_there(&door, n).await, done.is_ok(), "{done:?}");
            fell += usize::from(done.is_err());
        }
    }
    assert!(fell > 0, "nobody shared a transaction with it");
}

/// R5: a unit of work that waits for what comes only after the answers of the others.
#[actix_web::test]
async fn one_who_hangs_keeps_nobody_from_their_answer_for_ever() {
    let database = counting().await;
    let door = database.system();
    for n in (1..=15).step_by(3) {
        let answered = Semaphore::new(0);
        let beside = async |n: i64| {
            let done = add(&door, n).await;
            answered.add_permits(1);
            done
        };
        let hanging = door.run(async |tx| {
            insert(tx, n + 1).await?;
            answered.acquire_many(2).await.unwrap().forget();
            insert(tx, -n).await
        });
        let (one, hung, two) = tokio::join!(beside(n), hanging, beside(n + 2));
        assert_eq!(is_there(&door, n + 1).await, hung.is_ok(), "{hung:?}");
        assert_eq!(is_there(&door, -n).await, hung.is_ok(), "{hung:?}");
        assert!(one.is_ok(), "{one:?}");
        // On a busy machine the first may have been done before the second came.
        if hung.is_err() || !is_sqlite(&database) {
            assert!(two.is_ok() && is_there(&door, n).await, "{two:?}");
            return;
        }
    }
    panic!("nobody was kept waiting");
}

/// Every thread that serves has a runtime of its own, and all have the same line.
#[actix_web::test]
async fn units_of_many_threads_stand_in_one_line() {
    let (database, end) = (counting().await, Arc::new(Barrier::new(4)));
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let (db, end) = ((*database).clone(), Arc::clone(&end));
            tokio::task::spawn_blocking(move || {
                let runtime = actix_web::rt::Runtime::new().unwrap();
                runtime.block_on(async {
                    let (door, mut done) = (db.system(), Vec::new());
                    for n in 0..40 {
                        let numbers = [2 * n, 2 * n + 1].map(|n| thread * 1000 + n);
                        done.extend(join_all(numbers.map(|n| add(&door, n))).await);
                    }
                    end.wait().await; // who has opened a connection drives it
                    assert!(done.iter().all(Result::is_ok), "{done:?}");
                });
            })
        })
        .collect();
    for thread in threads {
        thread.await.unwrap();
    }
    assert_eq!(counted(&database).await, 4 * 80);
}
