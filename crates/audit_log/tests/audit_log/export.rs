//! A log as a file, and as it grows.

use audit_log::{Entry, Target, verify_export};
use futures_util::future::join;
use kernel::{Asker, Origin, testing::Actor};
use serde_json::{Value, json};

use crate::{AGENT, asker, count, erase, leave, logs::Log, person, renamed};

async fn export(reader: &Actor<'_>, query: &str) -> String {
    let file = reader.get(&format!("/audit-log/export{query}")).await;
    assert_eq!(file.status, 200, "{}", file.text);
    assert_eq!(file.header("cache-control"), "no-store");
    file.text
}

fn entries(file: &str) -> Vec<Value> {
    let lines = file.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["type"] == "entry").collect()
}

/// Issue 6: what is exported whole is verified offline, and says in clear what is encrypted in it.
#[actix_web::test]
async fn a_whole_export_is_verified_with_nothing_but_the_public_key() {
    let log = Log::of(450).await;
    let file = export(&log.reader(), "?format=ndjson").await;
    let sound = verify_export(file.as_bytes(), &log.public_key().await).unwrap();
    assert_eq!((sound.from, sound.head.size, entries(&file).len()), (1, 450, 450));
    let told = &entries(&file)[0]["told"];
    assert_eq!(told["changes"]["name"]["to"], "Ada Lovelace");

    let altered = file.replacen("account.updated", "account.created", 1);
    assert!(verify_export(altered.as_bytes(), &log.public_key().await).is_err());
}

/// The same filters as the list has; what is left out makes it no proof of the whole.
#[actix_web::test]
async fn a_filtered_export_holds_what_the_list_does() {
    let log = Log::of(10).await;
    let reader = log.reader();
    let desk = Entry::of("desk.made", Target::new("desk", person(1)));
    leave(&log.door(), vec![desk]).await.unwrap();
    log.grow(1).await;
    for query in ["action=desk.made", "target_type=desk"] {
        let file = export(&reader, &format!("?format=ndjson&{query}")).await;
        let [entry] = entries(&file).try_into().unwrap();
        assert_eq!((&entry["seq"], &entry["entry"]["action"]), (&json!(11), &json!("desk.made")));
        assert!(verify_export(file.as_bytes(), &log.public_key().await).is_err());
        assert_eq!(export(&reader, &format!("?format=csv&{query}")).await.lines().count(), 2);
    }
    for query in ["", "?format=xlsx", "?format=csv&colour=red", "?format=csv&limit=5"] {
        let refused = reader.get(&format!("/audit-log/export{query}")).await;
        refused.problem(422, "validation_failed");
    }
}

/// ASVS 1.2.10, A21: no cell is calculated by who opens the table.
#[actix_web::test]
async fn no_cell_of_a_table_is_a_formula() {
    let log = Log::of(1).await;
    let origin = Origin { user_agent: Some("=1+1".into()), ..asker(&log.app, None).origin };
    let door = log.app.database.inside(log.organization, Asker { origin, ..Asker::default() });
    leave(&door, vec![renamed(person(1))]).await.unwrap();
    log.grow(1).await;
    let file = export(&log.reader(), "?format=csv").await;
    let mut lines = file.split("\r\n");
    let heading = lines.next().unwrap();
    assert!(heading.starts_with("seq,id,created_at,action,outcome,actor_type"), "{heading}");
    assert!(lines.nth(1).unwrap().ends_with(",'=1+1"), "{file}");
    assert_eq!(file.matches("\r\n").count(), 5, "the heading, three entries, the export itself");
}

/// ASVS 16.2.1: who takes the log away is in it.
#[actix_web::test]
async fn an_export_is_recorded() {
    let log = Log::of(1).await;
    let reader = log.reader();
    export(&reader, "?format=csv&outcome=denied").await;
    let page = reader.get("/audit-log?action=audit_log.exported").await.ok();
    let [entry] = page["items"].as_array().unwrap().as_slice() else { panic!("{page}") };
    assert_eq!(entry["actor"]["id"], json!(reader.user()));
    assert_eq!(
        (&entry["changes"]["format"], &entry["changes"]["filter"]["outcome"]),
        (&json!("csv"), &json!("denied"))
    );
    assert!(!page.to_string().contains(AGENT));
}

/// The names, ids and bodies of a stream's events.
fn events(stream: &str) -> Vec<(i64, Value)> {
    let blocks = stream.split("\n\n").filter(|it| it.starts_with("id: "));
    let told = blocks.map(|block| {
        let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        assert_eq!(field("event: "), "entry");
        (field("id: ").parse().unwrap(), serde_json::from_str(field("data: ")).unwrap())
    });
    told.collect()
}

/// What a listener hears until the server ends; they are let hear something first.
async fn heard(
    log: &Log,
    last: Option<&str>,
    meanwhile: impl Future<Output = ()>,
) -> Vec<(i64, Value)> {
    let reader = log.reader();
    let reader = last.map_or(reader.clone(), |last| reader.with("last-event-id", last));
    let before = log.app.database.statements();
    let ending = async {
        // Its size, its seals, their entries, the people's keys.
        while log.app.database.statements() < before + 4 {
            actix_web::rt::task::yield_now().await;
        }
        meanwhile.await;
        log.app.ground.end_streams();
    };
    let (stream, ()) = join(reader.get("/audit-log/stream"), ending).await;
    assert_eq!(stream.header("content-type"), "text/event-stream");
    events(&stream.text)
}

/// Issue 6: who comes again hears everything since, in the order of `seq`.
#[actix_web::test]
async fn who_comes_again_hears_what_was_sealed_since() {
    let log = Log::of(5).await;
    let heard = heard(&log, Some("2"), async {}).await;
    assert_eq!(heard.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [3, 4, 5]);
    let page = log.reader().get("/audit-log?limit=1").await.ok();
    assert_eq!(heard[2].1, page["items"][0], "an event is the entry as the list shows it");
}

/// Erasing a person breaks no proof and leaves nothing of them to read.
#[actix_web::test]
async fn who_is_erased_is_nowhere_and_every_proof_holds() {
    let log = Log::of(40).await;
    let stored = count(&log.app, "audit_log").await;
    for number in 1..=5 {
        erase(&log.app, person(number)).await;
    }
    assert_eq!(log.verified(None).await, (true, None, None));
    let file = export(&log.reader(), "?format=ndjson").await;
    verify_export(file.as_bytes(), &log.public_key().await).unwrap();
    let table = export(&log.reader(), "?format=csv").await;
    let dump = crate::dump(&log.app).await;
    for canary in ["Lovelace", "Ada King", "203.0.113.7", "Difference"] {
        assert!(![&file, &table, &dump].iter().any(|it| it.contains(canary)), "{canary}");
        let digits = crate::digits(canary);
        assert!(!dump.to_lowercase().contains(&digits), "{canary}");
    }
    if let Some(path) = log.app.database.config.file() {
        let wal = std::fs::read(format!("{}-wal", path.display())).unwrap_or_default();
        let bytes = [std::fs::read(path).unwrap(), wal].concat();
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains("account.updated") && !text.contains("Lovelace"));
    }
    assert_eq!(count(&log.app, "audit_log").await, stored + 3, "the verification and two exports");
}
