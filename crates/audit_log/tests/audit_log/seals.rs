//! Seals: gapless, in one unbroken chain per organization, and signed.

use audit_log::{CheckpointRow, Digest, Head};
use chrono::TimeDelta;
use kernel::{Asker, OrganizationId, testing::App};
use sea_orm::{ConnectionTrait, DbErr, Statement};

use crate::{app, count, leave, person, record, renamed};

/// The seals of an organization: seq, entry and hash, in order.
pub async fn seals(app: &App, organization: OrganizationId) -> Vec<(i64, uuid::Uuid, Vec<u8>)> {
    let door = app.database.system();
    let sql =
        "select seq, entry_id, hash from audit_log_seals where organization_id = $1 order by seq";
    let backend = door.view().get_database_backend();
    let ask = Statement::from_sql_and_values(backend, sql, [organization.0.into()]);
    let rows = door.view().query_all_raw(ask).await.unwrap();
    rows.iter()
        .map(|row| {
            (
                row.try_get_by_index(0).unwrap(),
                row.try_get_by_index(1).unwrap(),
                row.try_get_by_index(2).unwrap(),
            )
        })
        .collect()
}

async fn checkpoint(app: &App, size: u64) -> Result<CheckpointRow, audit_log::Error> {
    app.database.system().run(async |tx| audit_log::sign_checkpoint(tx, size).await).await
}

#[actix_web::test]
async fn entries_are_sealed_in_their_organizations_gapless_and_linked() {
    let app = app().await;
    let organization = OrganizationId(person(5).0);
    for _ in 0..3 {
        let door = app.database.inside(organization, Asker::default());
        leave(&door, vec![renamed(person(1)), renamed(person(2))]).await.unwrap();
        record(&app, None, vec![renamed(person(1))]).await.unwrap();
        app.run_duties().await;
    }
    let (own, platform) =
        (seals(&app, organization).await, seals(&app, OrganizationId::PLATFORM).await);
    assert_eq!(own.iter().map(|seal| seal.0).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    assert_eq!(platform.iter().map(|seal| seal.0).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(own.is_sorted_by_key(|seal| seal.1), "each batch in the order of its ids");
    assert!(own.iter().all(|seal| seal.2.len() == 32));
    assert_eq!(count(&app, "audit_log_unsealed").await, 0);
    assert_eq!(app.run_duties().await, 0, "and nothing more is due");
}

/// What is not committed is not sealed, and what commits late is not skipped.
#[actix_web::test]
async fn an_entry_that_commits_late_is_sealed_late() {
    let app = app().await;
    if app.database.system().view().get_database_backend() == sea_orm::DbBackend::Sqlite {
        return; // its one writer commits in order
    }
    let door = app.database.platform(Asker::default());
    let late = door.run(async |tx| {
        let held = tx.id::<uuid::Uuid>();
        let insert = "insert into audit_log (id, organization_id, action, outcome, actor_type, actor_id, \
             target_type, target_id, changes, person_id, origin_person_id, request_id, created_at) \
             select $1, id, 'late', 'success', 'system', id, 'note', id, '{}', id, id, '', now() \
             from (select '00000000-0000-0000-0000-000000000000'::uuid as id) it";
        let backend = tx.get_database_backend();
        tx.execute_raw(Statement::from_sql_and_values(backend, insert, [held.into()])).await?;
        record(&app, None, vec![renamed(person(1))]).await?;
        app.run_duties().await;
        assert_eq!(seals(&app, OrganizationId::PLATFORM).await.len(), 1);
        Ok::<_, DbErr>(held)
    });
    let late = late.await.unwrap();
    app.run_duties().await;
    let sealed = seals(&app, OrganizationId::PLATFORM).await;
    assert_eq!((sealed.len(), sealed[1].1), (2, late));
}

#[actix_web::test]
async fn a_log_is_signed_at_once_and_then_every_five_seconds() {
    let app = app().await;
    for (signed, seconds) in [(1, 3), (1, 3), (2, 3)] {
        record(&app, None, vec![renamed(person(1))]).await.unwrap();
        app.run_duties().await;
        assert_eq!(count(&app, "audit_log_checkpoints").await, signed);
        app.database.clock.advance(TimeDelta::seconds(seconds));
    }
    record(&app, None, vec![renamed(person(1))]).await.unwrap();
    app.run_duties().await;
    app.database.clock.advance(TimeDelta::seconds(3));
    app.run_duties().await;
    assert_eq!(count(&app, "audit_log_checkpoints").await, 3, "the last growth is signed too");
}

#[actix_web::test]
async fn a_checkpoint_of_any_size_is_signed_once() {
    let app = app().await;
    record(&app, None, (0..20).map(|n| renamed(person(n + 1))).collect()).await.unwrap();
    app.run_duties().await;
    let (first, again) = (checkpoint(&app, 13).await.unwrap(), checkpoint(&app, 13).await.unwrap());
    assert_eq!(first, again);
    let head = Head::read(&first.note).unwrap();
    assert_eq!((head.size, head.root.0.to_vec()), (13, first.root));
    assert_eq!(head.origin, format!("localhost/audit-log/{}", OrganizationId::PLATFORM));
    for beyond in [0, 21] {
        assert!(matches!(checkpoint(&app, beyond).await, Err(audit_log::Error::NotSealed)));
    }
    let _: Digest = head.root;
}

/// Twenty batches of odd sizes are one tree: its root is what a single batch would have had.
#[actix_web::test]
async fn a_log_that_grew_in_many_batches_is_the_one_it_would_be_at_once() {
    let app = app().await;
    for batch in 1..=12 {
        record(&app, None, (0..batch).map(|n| renamed(person(n + 1))).collect()).await.unwrap();
        app.run_duties().await;
    }
    let size = 12 * 13 / 2;
    app.database.clock.advance(TimeDelta::seconds(6));
    app.run_duties().await;
    let kept = checkpoint(&app, size).await.unwrap();
    let links = seals(&app, OrganizationId::PLATFORM).await;
    let mut tree = ct_merkle::mem_backed_tree::MemoryBackedTree::<sha2::Sha256, Vec<u8>>::new();
    for (.., hash) in links {
        tree.push(hash);
    }
    assert_eq!(tree.root().as_bytes().as_slice(), kept.root);
}

/// Who damages one organization's log holds up no other's.
#[actix_web::test]
async fn a_log_that_cannot_be_continued_waits_by_itself() {
    let broken = crate::logs::Log::of(5).await;
    let sound = broken.beside(5).await;
    let head = "update audit_log_chains set size = 3 where organization_id = $organization \
                and size > $1";
    broken.tamper(head, vec![0_i64.into()]).await;
    broken.grow(2).await;
    sound.grow(2).await;
    assert_eq!(seals(&broken.app, broken.organization).await.len(), 5);
    assert_eq!(seals(&sound.app, sound.organization).await.len(), 7);
    assert_eq!(count(&broken.app, "audit_log_unsealed").await, 2);

    let mended = "update audit_log_chains set size = 5 where organization_id = $organization \
                  and size > $1";
    broken.tamper(mended, vec![0_i64.into()]).await;
    broken.app.database.clock.advance(TimeDelta::minutes(1));
    broken.app.run_duties().await;
    assert_eq!(seals(&broken.app, broken.organization).await.len(), 7);
}
