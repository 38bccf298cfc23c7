//! R16, ASVS 16.4.2: whatever is done to a log behind its back is found, and where it begins.

use chrono::TimeDelta;
use sea_orm::Value as Sql;

use crate::logs::{Log, positions};

const SIZE: u64 = 120;

/// A kind of tampering, and the reason that is told.
struct Kind {
    name: &'static str,
    statements: &'static [&'static str],
    reason: &'static str,
}

/// `$1` is the position.
const KINDS: &[Kind] = &[
    Kind {
        name: "an entry's words are edited",
        statements: &["update audit_log set action = 'account.deleted' where id = \
             (select entry_id from audit_log_seals where organization_id = $organization and seq = $1)"],
        reason: "altered",
    },
    Kind {
        name: "an entry's time is edited",
        statements: &["update audit_log set created_at = '2020-01-01 00:00:00+00:00' where id = \
             (select entry_id from audit_log_seals where organization_id = $organization and seq = $1)"],
        reason: "altered",
    },
    Kind {
        name: "an entry is moved to another organization",
        statements: &["update audit_log set organization_id = id where id = \
             (select entry_id from audit_log_seals where organization_id = $organization and seq = $1)"],
        reason: "entry_missing",
    },
    Kind {
        name: "an entry is deleted",
        statements: &["delete from audit_log where id = \
             (select entry_id from audit_log_seals where organization_id = $organization and seq = $1)"],
        reason: "entry_missing",
    },
    Kind {
        name: "a seal is deleted",
        statements: &[
            "delete from audit_log_seals where organization_id = $organization and seq = $1",
        ],
        reason: "seal_missing",
    },
    Kind {
        name: "a seal's hash is edited",
        statements: &["update audit_log_seals set hash = (select hash from audit_log_seals \
             where organization_id = $organization and seq = $1) \
             where organization_id = $organization and seq = $1 + 1"],
        reason: "altered",
    },
    Kind {
        name: "two entries change places",
        statements: &[
            "update audit_log_seals set seq = -1 where organization_id = $organization and seq = $1",
            "update audit_log_seals set seq = $1 where organization_id = $organization and seq = $1 + 1",
            "update audit_log_seals set seq = $1 + 1 where organization_id = $organization and seq = -1",
        ],
        reason: "altered",
    },
    Kind {
        name: "an entry is inserted before the others",
        statements: &[
            "update audit_log_seals set seq = -1 - seq \
             where organization_id = $organization and seq >= $1",
            "update audit_log_seals set seq = -seq where organization_id = $organization and seq < 0",
            "insert into audit_log_seals (organization_id, seq, entry_id, hash) \
             select organization_id, $1, $organization, hash from audit_log_seals \
             where organization_id = $organization and seq = $1 + 1",
        ],
        reason: "entry_missing",
    },
    Kind {
        name: "the end is cut off",
        statements: &[
            "delete from audit_log where id in (select entry_id from audit_log_seals \
             where organization_id = $organization and seq >= $1)",
            "delete from audit_log_seals where organization_id = $organization and seq >= $1",
        ],
        reason: "truncated",
    },
];

/// Positions that are spread over the log.
fn places() -> impl Iterator<Item = i64> {
    let number = positions().min(SIZE - 2);
    (0..number).map(move |n| i64::try_from(2 + n * (SIZE - 2) / number).unwrap())
}

#[actix_web::test]
async fn every_kind_of_tampering_is_found_in_the_database_at_its_place() {
    let first = Log::of(0).await;
    for kind in KINDS {
        for place in places() {
            let log = first.beside(SIZE).await;
            for sql in kind.statements {
                log.tamper(sql, vec![Sql::from(place)]).await;
            }
            let place = if kind.name.contains("hash") { place + 1 } else { place };
            let found = log.verified(None).await;
            assert_eq!(found, (false, Some(place), Some(kind.reason.into())), "{}", kind.name);
        }
    }
}

#[actix_web::test]
async fn a_sound_log_is_found_sound_while_it_grows() {
    let log = Log::of(SIZE).await;
    assert_eq!(log.verified(None).await, (true, None, None));
    let kept = log.checkpoint().await["note"].as_str().unwrap().to_owned();
    log.grow(11).await;
    assert_eq!(log.verified(Some(&kept)).await, (true, None, None));
    assert_eq!(Log::of(0).await.verified(None).await, (true, None, None), "an empty one too");
}

/// Who cuts off the end and everything that tells of it is found out by who kept a checkpoint.
#[actix_web::test]
async fn a_cut_that_leaves_no_trace_is_found_with_a_checkpoint_that_was_kept() {
    let first = Log::of(0).await;
    for place in places() {
        let log = first.beside(SIZE).await;
        let kept = log.checkpoint().await["note"].as_str().unwrap().to_owned();
        for sql in [
            "delete from audit_log where id in (select entry_id from audit_log_seals \
             where organization_id = $organization and seq >= $1)",
            "delete from audit_log_seals where organization_id = $organization and seq >= $1",
            "delete from audit_log_checkpoints where organization_id = $organization and size >= $1",
            "update audit_log_chains set size = $1 - 1 where organization_id = $organization",
        ] {
            log.tamper(sql, vec![Sql::from(place)]).await;
        }
        assert!(log.verified(None).await.0, "nothing is left that could tell");
        let found = log.verified(Some(&kept)).await;
        assert_eq!(found, (false, Some(place), Some("truncated".into())));
    }
}

#[actix_web::test]
async fn an_entry_that_was_never_sealed_is_found() {
    let log = Log::of(9).await;
    let copied = "insert into audit_log (id, organization_id, action, outcome, actor_type, actor_id, \
         target_type, target_id, changes, person_id, origin_person_id, request_id, created_at) \
         select $1, organization_id, action, outcome, actor_type, actor_id, target_type, target_id, \
         changes, person_id, origin_person_id, request_id, created_at from audit_log limit 1";
    let stray = uuid::Uuid::from_u128(1 << 64);
    log.tamper(copied, vec![stray.into()]).await;
    log.tamper("delete from audit_log_unsealed where entry_id = $1", vec![stray.into()]).await;
    log.app.database.clock.advance(TimeDelta::seconds(6));
    log.app.run_duties().await;
    assert_eq!(log.verified(None).await, (false, Some(1), Some("unsealed_entry".into())));
}

/// A checkpoint that somebody else has signed, or of another log, proves nothing.
#[actix_web::test]
async fn a_checkpoint_of_others_is_not_believed() {
    let (log, other) = (Log::of(5).await, Log::of(5).await);
    let foreign = other.checkpoint().await["note"].as_str().unwrap().to_owned();
    let found = log.verified(Some(&foreign)).await;
    assert_eq!(found, (false, Some(5), Some("checkpoint_forged".into())));
    let no_note = serde_json::json!({ "checkpoint": "no note" });
    let refused = log.reader().post("/audit-log/verify", no_note).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
}

/// What was kept long enough may go, where that was signed; what came after it may not.
#[actix_web::test]
async fn a_log_is_sound_without_what_an_anchor_lets_go() {
    let log = Log::of(SIZE).await;
    let gone = "delete from audit_log where id in (select entry_id from audit_log_seals \
                where organization_id = $organization and seq <= $1)";
    let anchored = log.door().run(async |tx| audit_log::sign_anchor(tx, 70).await).await.unwrap();
    assert_eq!(anchored.size, 70);
    log.tamper(gone, vec![70_i64.into()]).await;
    assert_eq!(log.verified(None).await, (true, None, None));
    log.grow(3).await;
    assert_eq!(log.verified(None).await, (true, None, None));

    log.tamper(gone, vec![71_i64.into()]).await;
    assert_eq!(log.verified(None).await, (false, Some(71), Some("entry_missing".into())));
    // A checkpoint is signed as well, and no anchor.
    let passed_off = "insert into audit_log_anchors (organization_id, size, root, note, created_at) \
                      select organization_id, size, root, note, created_at \
                      from audit_log_checkpoints where organization_id = $organization and size > $1";
    log.tamper(passed_off, vec![100_i64.into()]).await;
    let found = log.verified(None).await;
    assert!(!found.0 && found.1 <= Some(71), "{found:?}");
}
