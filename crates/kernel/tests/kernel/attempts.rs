//! A part of a transaction that may fail by itself.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use kernel::{Leaving, Tx, View};
use sea_orm::{ConnectionTrait, DbErr};

use crate::database::{counted, counting, insert, number};

/// Numbers that are counted just before COMMIT.
#[derive(Default)]
struct Counted(Vec<i64>);

impl Leaving for Counted {
    type Row = i64;

    fn add(&mut self, row: i64) {
        self.0.push(row);
    }

    async fn write(self, view: &View) -> Result<(), DbErr> {
        for n in self.0 {
            view.execute_unprepared(&format!("insert into counter values ({n})")).await?;
        }
        Ok(())
    }
}

/// On PostgreSQL a statement that fails would doom the whole otherwise.
#[actix_web::test]
async fn what_fails_in_an_attempt_leaves_the_rest_standing() {
    let database = counting().await;
    let effects = Arc::new(AtomicUsize::default());
    let note = |tx: &Tx, n: i64| {
        tx.leave::<Counted>(n);
        let effects = Arc::clone(&effects);
        tx.on_commit(move || {
            effects.fetch_add(1, Ordering::Relaxed);
        });
    };
    let door = database.system();
    let done = door.run(async |tx| {
        insert(tx, 1).await?;
        note(tx, 10);
        let twice = tx.attempt(async || {
            insert(tx, 2).await?;
            note(tx, 20);
            insert(tx, 1).await
        });
        assert!(twice.await.is_err());
        let nested = tx.attempt(async || {
            insert(tx, 3).await?;
            note(tx, 30);
            assert!(tx.attempt(async || insert(tx, 3).await).await.is_err());
            insert(tx, 4).await
        });
        nested.await
    });
    done.await.unwrap();
    let sum = number(door.view(), "select cast(sum(n) as bigint) from counter").await;
    assert_eq!((sum, effects.load(Ordering::Relaxed)), (1 + 10 + 3 + 30 + 4, 2));
}

#[actix_web::test]
async fn a_statement_that_failed_before_an_attempt_still_ends_the_whole() {
    let database = counting().await;
    let door = database.system();
    let done = door.run(async |tx| {
        insert(tx, 1).await?;
        let _ = insert(tx, 1).await;
        let _ = tx.attempt(async || insert(tx, 1).await).await;
        Ok::<_, DbErr>(())
    });
    assert!(done.await.is_err());
    assert_eq!(counted(&database).await, 0);
}

/// SQLite ends a transaction by itself when the disk is full; what came then would be committed
/// statement by statement.
#[actix_web::test]
async fn after_the_database_has_ended_the_transaction_nothing_is_written_any_more() {
    let database = counting().await;
    let door = database.system();
    let done = door.run(async |tx| {
        let ended = tx.attempt(async || {
            tx.execute_unprepared("rollback").await?;
            Err::<(), _>(DbErr::Custom("the disk is full".into()))
        });
        assert!(ended.await.is_err() && insert(tx, 1).await.is_err());
        Ok::<_, DbErr>(())
    });
    assert!(done.await.is_err());
    assert_eq!(counted(&database).await, 0);
}
