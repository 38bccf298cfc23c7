//! What proves an entry, and that a log has only grown, as a stranger checks it (`ct-merkle`).

use audit_log::{Digest, PublicKey, StoredEntry};
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use kernel::testing::Actor;
use serde_json::Value;
use sha2::Sha256;

use crate::{logs::Log, record, renamed};

fn digest(text: &Value) -> Digest {
    text.as_str().unwrap().parse().unwrap()
}

fn path(proof: &Value) -> Vec<u8> {
    proof["path"].as_array().unwrap().iter().flat_map(|it| digest(it).0).collect()
}

fn root(hash: Digest, size: &Value) -> RootHash<Sha256> {
    RootHash::new(hash.0.into(), size.as_u64().unwrap())
}

/// The ids of this log's entries, in order.
async fn entries(log: &Log) -> Vec<String> {
    let lines = log.export(0).await;
    let lines = lines.iter().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter_map(|line| Some(line["entry"]["id"].as_str()?.to_owned())).collect()
}

async fn proof(reader: &Actor<'_>, entry: &str) -> Value {
    reader.get(&format!("/audit-log/{entry}/proof")).await.ok()
}

#[actix_web::test]
async fn a_stranger_finds_each_entry_in_the_log_that_was_signed() {
    let log = Log::of(75).await;
    let reader = log.reader();
    for (at, entry) in (0_u64..).zip(&entries(&log).await) {
        let proof = proof(&reader, entry).await;
        let stored: StoredEntry = serde_json::from_value(proof["entry"].clone()).unwrap();
        let hash = stored.link(digest(&proof["previous_hash"]));
        assert_eq!((proof["seq"].as_u64(), hash), (Some(at + 1), digest(&proof["hash"])));

        let checkpoint = &proof["checkpoint"];
        let key: PublicKey = checkpoint["public_key"].as_str().unwrap().parse().unwrap();
        let head = key.verify(checkpoint["note"].as_str().unwrap()).unwrap();
        assert_eq!(head.root, digest(&checkpoint["root"]));
        let path = InclusionProof::<Sha256>::try_from_bytes(path(&proof)).unwrap();
        let root = root(head.root, &checkpoint["size"]);
        root.verify_inclusion(&hash.0, at, &path).unwrap();
    }
}

#[actix_web::test]
async fn a_stranger_sees_that_a_log_has_only_grown() {
    let log = Log::of(75).await;
    let reader = log.reader();
    for (from, to) in [(1, 2), (1, 75), (8, 9), (37, 74), (64, 75), (74, 75)] {
        let proof = reader.get(&format!("/audit-log/consistency?from={from}&to={to}")).await.ok();
        let (old, new) = (digest(&proof["from_root"]), digest(&proof["to_root"]));
        let path = ConsistencyProof::<Sha256>::try_from_bytes(path(&proof)).unwrap();
        root(new, &proof["to"]).verify_consistency(&root(old, &proof["from"]), &path).unwrap();
    }
    for (wrong, status) in [("from=0&to=1", 422), ("from=3&to=2", 422), ("from=1&to=76", 409)] {
        let refused = reader.get(&format!("/audit-log/consistency?{wrong}")).await;
        assert_eq!(refused.status, status, "{wrong}: {}", refused.text);
    }
}

#[actix_web::test]
async fn what_is_not_sealed_yet_is_told_apart_from_what_is_not_there() {
    let log = Log::of(3).await;
    let known = entries(&log).await.remove(0);
    let unknown = log.reader().get(&format!("/audit-log/{}/proof", uuid::Uuid::nil())).await;
    assert_eq!(unknown.status, 404);
    let stranger = log.app.member(&["audit_log:read"]);
    assert_eq!(stranger.get(&format!("/audit-log/{known}/proof")).await.status, 404);
    assert_eq!(stranger.get("/audit-log/checkpoints/latest").await.status, 404);

    record(&log.app, None, vec![renamed(crate::person(1))]).await.unwrap();
    let staff = log.app.staff(&["audit_log:read"]);
    let listed = staff.get("/api/v1/audit-log").await.ok();
    let new = listed["items"][0]["id"].as_str().unwrap();
    let early = staff.get(&format!("/api/v1/audit-log/{new}/proof")).await;
    assert_eq!((early.status, early.body["code"].as_str()), (409, Some("not_sealed")));
    log.app.run_duties().await;
    staff.get(&format!("/api/v1/audit-log/{new}/proof")).await.ok();
    staff.get("/api/v1/audit-log/checkpoints/latest").await.ok();
}
