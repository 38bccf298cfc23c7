//! Caches: an answer without a statement, and never one that another replica has changed.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use kernel::{Cache, Db, Feature, House, OnUnique, View, db::Registry, testing::TestDatabase};
use sea_orm::{ConnectionTrait, DbErr};

use crate::database::number;

/// One process: its database handle, and its cache of the number that the table holds.
struct Replica {
    db: Db,
    cache: Cache<i64, i64>,
}

impl Replica {
    async fn open(open: impl AsyncFnOnce(Registry) -> Db) -> Self {
        let cache = Cache::new("numbers", 100, Duration::from_mins(1));
        let house = House::of(vec![Feature::new("numbers").cache(&cache)]).await;
        let house = house.unwrap_or_else(|error| unreachable!("{error}"));
        let built =
            house.build(async |registry| Ok::<_, DbErr>(open(registry).await)).await.unwrap();
        Self { db: built.ground.db().clone(), cache }
    }

    async fn get(&self) -> i64 {
        let door = self.db.system();
        self.get_through(door.view()).await
    }

    async fn get_through(&self, view: &View) -> i64 {
        let load = async || Ok::<_, DbErr>(number(view, "select n from counter").await);
        self.cache.get(view, 7, load).await.unwrap()
    }

    async fn set(&self, n: i64) {
        self.change(n, true).await.unwrap();
    }

    async fn change(&self, n: i64, succeeds: bool) -> Result<(), DbErr> {
        let door = self.db.system();
        door.run(async |tx| {
            tx.execute_unprepared(&format!("update counter set n = {n}")).await?;
            tx.invalidate(&self.cache, 7);
            if succeeds { Ok(()) } else { Err(DbErr::Custom("later".into())) }
        })
        .await
    }

    /// Changes the number without a word to anybody, as only a test can.
    async fn set_quietly(&self, n: i64) {
        let sql = format!("update counter set n = {n}");
        self.db.system().run(async |tx| tx.execute_unprepared(&sql).await).await.unwrap();
    }
}

/// Two processes on one database that holds the number 1.
async fn two() -> (TestDatabase, Replica, Replica) {
    let database = TestDatabase::new().await;
    let ddl = "create table counter (n bigint not null); insert into counter values (1)";
    database.system().run(async |tx| tx.execute_unprepared(ddl).await).await.unwrap();
    let one = Replica::open(async |registry| database.again(registry).await).await;
    let other = Replica::open(async |registry| database.again(registry).await).await;
    (database, one, other)
}

/// Who loads several things at once peeks, loads and keeps by hand.
#[actix_web::test]
async fn what_was_loaded_before_something_changed_is_not_kept() {
    let (_database, one, _) = two().await;
    let door = one.db.system();
    let before = one.cache.moment();
    one.set(2).await;
    one.cache.keep(door.view(), 7, 1, before);
    assert_eq!(one.cache.peek(door.view(), &7), None);
    one.cache.keep(door.view(), 7, 2, one.cache.moment());
    assert_eq!(one.cache.peek(door.view(), &7), Some(2));

    let seen = door.run(async |tx| {
        one.cache.keep(tx, 8, 1, one.cache.moment());
        Ok::<_, DbErr>(one.cache.peek(tx, &7))
    });
    assert_eq!(seen.await.unwrap(), None, "a transaction asks the database");
    assert_eq!(one.cache.peek(door.view(), &8), None, "and nothing it sees is kept");
}

/// What ends a hundred thousand memberships would else be read by every replica, key by key.
#[actix_web::test]
async fn a_change_of_very_many_keys_is_told_in_one_row_a_cache() {
    let (_database, one, other) = two().await;
    other.db.poll_invalidations().await.unwrap();
    assert_eq!(other.get().await, 1);
    let door = one.db.system();
    let change = door.run(async |tx| {
        tx.execute_unprepared("update counter set n = 2").await?;
        (0..5000).for_each(|key| tx.invalidate(&one.cache, key));
        Ok::<_, DbErr>(())
    });
    change.await.unwrap();
    assert_eq!(number(door.view(), "select count(*) from cache_invalidations").await, 1);
    other.db.poll_invalidations().await.unwrap();
    assert_eq!(other.get().await, 2);
}

#[actix_web::test]
async fn what_is_known_needs_no_statement() {
    let (_database, one, _) = two().await;
    assert_eq!(one.get().await, 1);
    let before = one.db.statements();
    assert_eq!(one.get().await, 1);
    assert_eq!(one.db.statements(), before);
}

#[actix_web::test]
async fn a_change_is_forgotten_here_at_its_commit_and_not_at_its_roll_back() {
    let (_database, one, _) = two().await;
    assert_eq!(one.get().await, 1);
    one.change(2, false).await.unwrap_err();
    let before = one.db.statements();
    assert_eq!((one.get().await, one.db.statements()), (1, before), "still known, still true");

    one.set(2).await;
    assert_eq!(one.get().await, 2);
}

#[actix_web::test]
async fn another_replica_forgets_with_its_next_poll() {
    let (_database, one, other) = two().await;
    other.db.poll_invalidations().await.unwrap();
    assert_eq!(other.get().await, 1);
    one.set(2).await;
    assert_eq!(other.get().await, 1, "within a second, not at once");

    other.db.poll_invalidations().await.unwrap();
    assert_eq!(other.get().await, 2);
    let before = other.db.statements();
    other.db.poll_invalidations().await.unwrap();
    assert_eq!(other.get().await, 2);
    assert_eq!(other.db.statements() - before, 1, "what was heard once is not heard again");
}

/// A unit of work may have begun long before it committed; a poll looks back from its end.
#[actix_web::test]
async fn a_unit_of_work_that_took_minutes_is_heard_of() {
    let (database, one, other) = two().await;
    assert_eq!(other.get().await, 1);
    let door = one.db.system();
    door.run(async |tx| {
        tx.execute_unprepared("update counter set n = 2").await?;
        tx.invalidate(&one.cache, 7);
        database.clock.advance(chrono::TimeDelta::minutes(5));
        Ok::<_, DbErr>(())
    })
    .await
    .unwrap();
    other.db.poll_invalidations().await.unwrap();
    assert_eq!(other.get().await, 2);
}

#[actix_web::test]
async fn a_load_during_which_something_changed_is_not_kept() {
    let (_database, one, _) = two().await;
    let door = one.db.system();
    let load = async || {
        let old = number(door.view(), "select n from counter").await;
        one.set(2).await;
        Ok::<_, DbErr>(old)
    };
    assert_eq!(one.cache.get(door.view(), 7, load).await.unwrap(), 1, "its own answer was right");
    assert_eq!(one.get().await, 2);
}

#[actix_web::test]
async fn a_load_during_which_another_replica_was_heard_is_not_kept() {
    let (_database, one, other) = two().await;
    let door = one.db.system();
    let load = async || {
        let old = number(door.view(), "select n from counter").await;
        other.set(2).await;
        one.db.poll_invalidations().await?;
        Ok::<_, DbErr>(old)
    };
    one.cache.get(door.view(), 7, load).await.unwrap();
    assert_eq!(one.get().await, 2);
}

/// What a transaction sees may never be committed: it neither fills a cache nor is answered by one.
#[actix_web::test]
async fn a_transaction_stands_beside_the_cache() {
    let (_database, one, _) = two().await;
    assert_eq!(one.get().await, 1);
    let door = one.db.system();
    let failed = door.run(async |tx| {
        tx.execute_unprepared("update counter set n = 2").await?;
        assert_eq!(one.get_through(tx).await, 2, "its own write");
        Err::<(), _>(DbErr::Custom("later".into()))
    });
    failed.await.unwrap_err();
    assert_eq!(one.get().await, 1);
}

/// Out of touch with the others, a replica trusts nothing that it remembers.
#[actix_web::test]
async fn who_has_not_heard_from_the_others_for_two_seconds_asks_every_time() {
    let (_database, one, _) = two().await;
    one.db.poll_invalidations().await.unwrap();
    assert_eq!(one.get().await, 1);
    one.set_quietly(2).await;
    assert_eq!(one.get().await, 1);

    tokio::time::sleep(Duration::from_millis(2050)).await;
    assert_eq!(one.get().await, 2);
    one.set_quietly(3).await;
    assert_eq!(one.get().await, 3);

    one.db.poll_invalidations().await.unwrap();
    assert_eq!(one.get().await, 3, "back in touch, with nothing of the time before");
}

/// Readers and writers race; a reader who starts after a write has ended never sees what was before.
#[actix_web::test]
async fn no_read_after_a_write_is_older_than_it() {
    let (_database, one, _) = two().await;
    let (one, done) = (&one, Arc::new(AtomicI64::new(1)));
    let write = async {
        for n in 2..60 {
            one.set(n).await;
            done.store(n, Ordering::SeqCst);
        }
    };
    let read = async || {
        while done.load(Ordering::SeqCst) < 59 {
            let at_least = done.load(Ordering::SeqCst);
            let seen = one.get().await;
            assert!(seen >= at_least, "{seen} after {at_least}");
            tokio::task::yield_now().await;
        }
    };
    tokio::join!(write, read(), read(), read(), read());
}

#[actix_web::test]
async fn a_violated_index_becomes_the_features_own_error() {
    let database = crate::database::counting().await;
    let door = database.system();
    let put = async |n| {
        door.run(async |tx| {
            let put = crate::database::insert(tx, n).await;
            put.on_unique("counter_n_key", || DbErr::Custom("taken".into()))
        })
        .await
    };
    put(1).await.unwrap();
    assert_eq!(put(1).await.unwrap_err(), DbErr::Custom("taken".into()));
}
