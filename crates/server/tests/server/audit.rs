//! Verifying an export offline, as an auditor does it: with the binary, a file and the public key.

use std::{fs, thread::sleep, time::Duration};

use serde_json::{Value, json};

use crate::{
    process::Place,
    wire::{ADMINISTRATOR, Client, PASSWORD},
};

/// The lines of the platform's log up to its newest checkpoint, put together from proofs, and the key.
fn export(client: &Client) -> (Vec<String>, String) {
    let checkpoint = loop {
        let newest = client.get("/api/v1/audit-log/checkpoints/latest").unwrap();
        match newest.status {
            200 => break newest.body(),
            _ => sleep(Duration::from_millis(50)),
        }
    };
    let listed = client.get("/api/v1/audit-log?limit=100").unwrap().body();
    let ids = listed["items"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap());
    let proof = |id: &str| client.get(&format!("/api/v1/audit-log/{id}/proof")).unwrap();
    let proofs = ids.map(proof).filter(|proof| proof.status == 200).map(|proof| proof.body());
    let mut entries: Vec<Value> =
        proofs.filter(|it| it["seq"].as_u64() <= checkpoint["size"].as_u64()).collect();
    entries.sort_by_key(|proof| proof["seq"].as_u64());
    let entries = entries.iter().map(|proof| {
        json!({ "type": "entry", "seq": proof["seq"], "hash": proof["hash"], "entry": proof["entry"] })
    });
    let end = json!({ "type": "checkpoint", "note": checkpoint["note"] });
    let lines = entries.chain([end]).map(|line| line.to_string()).collect();
    (lines, checkpoint["public_key"].as_str().unwrap().to_owned())
}

#[actix_web::test]
async fn an_export_is_verified_offline_and_the_first_bad_entry_is_named() {
    let place = Place::new().await;
    let server = place.serve(&[("ADMIN_EMAIL", ADMINISTRATOR), ("ADMIN_PASSWORD", PASSWORD)]);
    let (lines, key) = export(&Client::administrator(&server.address));
    server.kill();
    let file = place.folder.path().join("export.ndjson");
    let nowhere = [("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")];
    let verify = |lines: &[String], key: &str| {
        fs::write(&file, lines.join("\n")).unwrap();
        let output =
            place.run(&["audit", "verify", "export.ndjson", "--public-key", key], &nowhere);
        let told = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(told).unwrap())
    };

    let (code, told) = verify(&lines, &key);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains(&format!("seq 1 to {}", lines.len() - 1)), "{told}");

    let mut edited = lines.clone();
    edited[0] = edited[0].replace("success", "denied");
    let (code, told) = verify(&edited, &key);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("the first bad entry is seq 1:"), "{told}");

    let (code, told) = verify(&lines[..lines.len() - 1], &key);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains(&format!("the first bad entry is seq {}:", lines.len())), "{told}");

    let other = key.replacen("localhost", "otherhost", 1);
    assert_eq!(verify(&lines, &other).0, Some(2), "the key's own hash is wrong");
}

#[actix_web::test]
async fn the_key_that_signs_is_changed_beside_a_running_server() {
    let place = Place::new().await;
    let server = place.serve(&[]);
    let keys = || {
        let told = Client::stranger(&server.address).get("/api/v1/audit-log/keys").unwrap().body();
        told.as_array().unwrap().len()
    };
    assert_eq!(keys(), 1);
    assert!(place.run(&["audit", "rotate-key"], &[]).status.success());
    assert_eq!(keys(), 2);
}
