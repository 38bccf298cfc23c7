//! Rows by their ids: together when many ask at once, and each still gets their own.

use std::{pin::pin, time::Duration};

use futures_util::{
    FutureExt,
    future::{LocalBoxFuture, join, join_all},
};
use kernel::{
    Asker, Door, Global, OrgView, OrganizationId, Tenanted,
    testing::{App, TestDatabase},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DbErr};
use tokio::time::timeout;
use uuid::Uuid;

use crate::{
    demo::app,
    things::{self, Entity, Model, ThingId},
};

/// The same rows, as if they belonged to nobody.
mod all {
    #![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "things")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub rank: i32,
    }

    impl ActiveModelBehavior for ActiveModel {}

    impl kernel::Global for Entity {}
}

fn new_organization(app: &App) -> Door<OrgView> {
    let organization: OrganizationId = app.database.system().view().id();
    app.database.inside(organization, Asker::default())
}

async fn with_things(door: &Door<OrgView>, ranks: std::ops::Range<i32>) -> Vec<ThingId> {
    let ids = door.run(async |tx| {
        let mut ids = Vec::new();
        for rank in ranks {
            ids.push(things::row(tx, rank).insert(tx).await?.id);
        }
        Ok::<_, DbErr>(ids)
    });
    ids.boxed_local().await.unwrap()
}

fn rank(door: &Door<OrgView>, id: ThingId) -> LocalBoxFuture<'_, Option<i32>> {
    let rank = async move { Entity::by_id(door.view(), id).await.unwrap().map(|it| it.rank) };
    rank.boxed_local()
}

/// A21: nobody is shown a row of another organization, however many ask for it together.
#[actix_web::test]
async fn two_hundred_who_ask_at_once_get_their_own_rows_and_nobody_elses() {
    let app = app().await;
    let [acme, rival] = [new_organization(&app), new_organization(&app)];
    let (own, theirs) = (with_things(&acme, 0..50).await, with_things(&rival, 100..150).await);
    let unknown = |_| app.database.system().view().id::<ThingId>();
    let ids = || own.iter().chain(&theirs).copied().chain((0..10).map(unknown));
    let before = app.database.statements();

    let (ours, rivals) =
        join(join_all(ids().map(|id| rank(&acme, id))), join_all(ids().map(|id| rank(&rival, id))))
            .await;
    let expected = |range: std::ops::Range<i32>, before, after| -> Vec<Option<i32>> {
        let (before, after) = (vec![None; before], vec![None; after]);
        before.into_iter().chain(range.map(Some)).chain(after).collect()
    };
    assert_eq!(ours, expected(0..50, 0, 60));
    assert_eq!(rivals, expected(100..150, 50, 10));
    assert!(app.database.statements() - before < 20, "they share statements");

    let door = app.database.system();
    let read = |id: ThingId| all::Entity::by_id(door.view(), id.0).boxed_local();
    let ranks = join_all(ids().map(read)).await.into_iter();
    let ranks: Vec<_> = ranks.filter_map(Result::unwrap).collect();
    assert_eq!(ranks.len(), 100, "what belongs to nobody is everybody's");
    assert!(own.iter().zip(&ranks).all(|(id, row)| row.id == id.0));
}

#[actix_web::test]
async fn a_lone_reader_waits_for_nobody_and_costs_one_statement() {
    let app = app().await;
    let acme = new_organization(&app);
    let id = with_things(&acme, 7..8).await[0];
    let before = app.database.statements();
    assert_eq!(rank(&acme, id).await, Some(7));
    assert_eq!(rank(&acme, ThingId(Uuid::nil())).await, None);
    assert_eq!(app.database.statements() - before, 2);
}

async fn set_rank(door: &Door<OrgView>, thing: &Model, rank: i32) {
    let set = door.run(async |tx| {
        let mut row = things::ActiveModel::from(thing.clone());
        row.rank = Set(rank);
        row.update(tx).await
    });
    set.await.unwrap();
}

/// A statement that was sent before a change was committed answers nobody who asks after it.
#[actix_web::test]
async fn who_has_written_reads_what_they_wrote_while_others_read_the_same() {
    let app = app().await;
    let acme = new_organization(&app);
    let id = with_things(&acme, 0..1).await[0];
    let thing = Entity::by_id(acme.view(), id).await.unwrap().unwrap();
    let crowd = async {
        loop {
            join_all((0..20).map(|_| rank(&acme, id))).await;
        }
    };
    let writer = async {
        for n in 1..=200 {
            set_rank(&acme, &thing, n).await;
            assert_eq!(rank(&acme, id).await, Some(n));
        }
    };
    tokio::select! { () = writer => {}, () = crowd => unreachable!() }
}

#[actix_web::test]
async fn a_transaction_reads_its_own_rows() {
    let app = app().await;
    let [acme, rival] = [new_organization(&app), new_organization(&app)];
    let theirs = with_things(&rival, 1..2).await[0];
    let read = acme.run(async |tx| {
        let id = things::row(tx, 1).insert(tx).await?.id;
        assert_eq!(rank(&acme, id).await, None, "nobody else sees it yet");
        assert_eq!(Entity::by_id(tx, theirs).await?, None);
        Entity::by_id(tx, id).await
    });
    assert!(read.await.unwrap().is_some());
}

#[actix_web::test]
async fn those_who_leave_keep_no_answer_from_the_others() {
    let app = app().await;
    let acme = new_organization(&app);
    let id = with_things(&acme, 3..4).await[0];
    for polls in 1..40 {
        let mut leaving = pin!(join_all((0..10).map(|_| rank(&acme, id))));
        for _ in 0..polls {
            if leaving.as_mut().now_or_never().is_some() {
                break;
            }
            tokio::task::yield_now().await;
        }
        let staying = join_all((0..10).map(|_| rank(&acme, id)));
        let answers = timeout(Duration::from_secs(5), staying).await.unwrap();
        assert_eq!(answers, [Some(3); 10]);
    }
}

#[actix_web::test]
async fn a_failure_reaches_all_who_wait_and_nobody_afterwards() {
    let app = app().await;
    let acme = new_organization(&app);
    let id = with_things(&acme, 3..4).await[0];
    let rename = async |from: &str, to: &str| {
        let sql = format!("alter table {from} rename to {to}");
        app.database.system().run(async |tx| tx.execute_unprepared(&sql).await).await.unwrap();
    };
    rename("things", "gone").await;
    let failed = join_all((0..100).map(|_| Entity::by_id(acme.view(), id))).await;
    assert!(failed.iter().all(|it| matches!(it, Err(DbErr::Query(_)))), "{failed:?}");
    rename("gone", "things").await;
    assert_eq!(rank(&acme, id).await, Some(3));
}

#[actix_web::test]
async fn a_closed_database_is_told_to_all_who_wait() {
    let database: TestDatabase = app().await.database;
    let acme = database.inside(database.system().view().id(), Asker::default());
    database.close().await.unwrap();
    let id: ThingId = acme.view().id();
    let told = join_all((0..100).map(|_| Entity::by_id(acme.view(), id))).await;
    assert!(told.iter().all(|it| matches!(it, Err(DbErr::ConnectionAcquire(_)))), "{told:?}");
}
