//! R16: an export is verified with nothing but the public key, and whatever is done to it is found.

use audit_log::{Bad, ExportError, ExportLine, PublicKey, Reason, verify_export};

use crate::logs::{Log, positions};

const SIZE: u64 = 120;

/// What is done to the line of the entry `place`.
type Tampering = fn(&mut Vec<String>, usize);

const KINDS: &[(&str, Tampering, Reason)] = &[
    (
        "edit",
        |lines, at| lines[at] = lines[at].replace("account.updated", "account.kept"),
        Reason::Altered,
    ),
    ("delete", |lines, at| drop(lines.remove(at)), Reason::SealMissing),
    ("insert", |lines, at| lines.insert(at, lines[0].clone()), Reason::SealMissing),
    ("swap", |lines, at| lines.swap(at, at + 1), Reason::SealMissing),
    ("truncate", |lines, at| lines.truncate(at), Reason::Truncated),
    (
        "truncate, but for the checkpoint",
        |lines, at| {
            let end = lines.len() - 1;
            drop(lines.drain(at..end));
        },
        Reason::Truncated,
    ),
    ("no JSON", |lines, at| lines[at] = lines[at].replacen('{', "", 1), Reason::Unreadable),
    (
        "another member",
        |lines, at| lines[at] = lines[at].replacen("\"action\"", "\"hidden\":1,\"action\"", 1),
        Reason::Unreadable,
    ),
];

fn verified(lines: &[String], key: &PublicKey) -> Result<(u64, u64), Bad> {
    let text = lines.iter().flat_map(|line| [line, "\n"]).collect::<String>();
    match verify_export(text.as_bytes(), key) {
        Ok(sound) => Ok((sound.from, sound.head.size)),
        Err(ExportError::Bad(bad)) => Err(bad),
        Err(ExportError::Io(error)) => panic!("{error}"),
    }
}

#[actix_web::test]
async fn every_kind_of_tampering_is_found_in_an_export_at_its_place() {
    let log = Log::of(SIZE).await;
    let (lines, key) = (log.export(0).await, log.public_key().await);
    assert_eq!(verified(&lines, &key), Ok((1, SIZE)));
    let number = positions().min(SIZE - 2);
    for (name, tamper, reason) in KINDS {
        for place in (0..number).map(|n| 2 + n * (SIZE - 2) / number) {
            let mut lines = lines.clone();
            tamper(&mut lines, usize::try_from(place).unwrap() - 1);
            let found = verified(&lines, &key);
            assert_eq!(found, Err(Bad { seq: place, reason: *reason }), "{name}");
        }
    }
}

/// Who changes an entry and makes the whole chain after it anew lacks the key.
#[actix_web::test]
async fn a_chain_that_was_made_anew_is_not_the_one_that_was_signed() {
    let log = Log::of(20).await;
    let (lines, key) = (log.export(0).await, log.public_key().await);
    let (mut forged, mut previous) = (Vec::new(), audit_log::Digest::NONE);
    for line in &lines {
        let line = match serde_json::from_str(line).unwrap() {
            ExportLine::Entry { seq, mut entry, .. } => {
                if seq == 7 {
                    entry.action = "account.kept".into();
                }
                let hash = entry.link(previous);
                previous = hash;
                ExportLine::Entry { seq, hash, entry }
            }
            other => other,
        };
        forged.push(serde_json::to_string(&line).unwrap());
    }
    assert_eq!(verified(&forged, &key), Err(Bad { seq: 1, reason: Reason::Rewritten }));
}

#[actix_web::test]
async fn an_export_of_the_end_of_a_log_is_verified_by_itself() {
    let log = Log::of(50).await;
    let key = log.public_key().await;
    for after in [2, 8, 23, 49, 50] {
        let lines = log.export(after).await;
        assert_eq!(verified(&lines, &key), Ok((after + 1, 50)));
        let mut other = lines.clone();
        other[0] = log.export(after - 1).await[0].clone();
        assert!(verified(&other, &key).is_err(), "what came before is signed too");
    }
}

#[actix_web::test]
async fn an_export_is_not_believed_with_another_key() {
    let (log, other) = (Log::of(9).await, Log::of(9).await);
    let found = verified(&log.export(0).await, &other.public_key().await);
    assert_eq!(found, Err(Bad { seq: 10, reason: Reason::CheckpointForged }));
}

/// The key can be changed: what the old one has signed is still verified with it.
#[actix_web::test]
async fn a_new_key_signs_and_the_old_one_still_verifies() {
    let log = Log::of(9).await;
    let (old, lines) = (log.public_key().await, log.export(0).await);
    let door = log.app.database.system();
    door.run(async |tx| audit_log::rotate_signing_key(tx).await).await.unwrap();
    log.grow(3).await;
    let new = log.public_key().await;
    assert_ne!(old, new);
    assert_eq!(verified(&log.export(0).await, &new), Ok((1, 12)));
    assert_eq!(verified(&lines, &old), Ok((1, 9)));
    assert_eq!(log.verified(None).await, (true, None, None), "both are known here");
    let keys = log.app.stranger().get("/api/v1/audit-log/keys").await.ok();
    assert_eq!(keys.as_array().unwrap().len(), 2);
}
