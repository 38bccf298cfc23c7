//! An organization's log, and who reads it.

use audit_log::{Entry, Target};
use kernel::testing::{Actor, App};
use serde_json::Value;

use crate::{app, erase, leave, person, record, renamed};

const READ: &str = "audit_log:read";
const LOG: &str = "/audit-log";

/// The only member of a new organization, who may read its log, in which this much has happened.
async fn busy(app: &App, entries: Vec<Entry>) -> Actor<'_> {
    let reader = app.member(&[READ]);
    leave(&reader.door(), entries).await.unwrap();
    reader
}

fn made(number: u128) -> Entry {
    Entry::of("desk.made", Target::new("desk", person(number)))
}

/// ASVS 8.2.1, 8.2.2: each log has its own readers, whatever they may read elsewhere.
#[actix_web::test]
async fn only_who_may_read_an_organizations_log_reads_it() {
    let app = app().await;
    let reader = busy(&app, vec![made(1)]).await;
    let page = reader.get(LOG).await.ok();
    let entry = format!("{LOG}/{}", page["items"][0]["id"].as_str().unwrap());
    let other = app.member(&[READ]);
    let staff = app.staff(&[READ]);
    for path in [LOG, &entry] {
        reader.get(path).await.ok();
        reader.stranger().get(path).await.problem(401, "not_authenticated");
        let member = app.member_of(reader.organization, &[]);
        member.get(path).await.problem(403, "permission_denied");
        other.at(reader.organization).get(path).await.problem(404, "not_found");
        staff.at(reader.organization).get(path).await.problem(404, "not_found");
    }
    reader.get("/api/v1/audit-log").await.problem(403, "permission_denied");
}

/// ASVS 8.4.1, A3: what is in another log is not there.
#[actix_web::test]
async fn an_entry_is_in_the_log_of_its_place_and_in_no_other() {
    let app = app().await;
    let (acme, rival) = (busy(&app, vec![made(1)]).await, busy(&app, vec![made(2)]).await);
    record(&app, None, vec![made(3)]).await.unwrap();
    let staff = app.staff(&[READ]);
    let only = |page: &Value| {
        let [entry] = page["items"].as_array().unwrap().as_slice() else { panic!("{page}") };
        entry.clone()
    };
    let (mine, theirs) = (only(&acme.get(LOG).await.ok()), only(&rival.get(LOG).await.ok()));
    let platforms = only(&staff.get("/api/v1/audit-log").await.ok());
    for (number, entry) in [(1, &mine), (2, &theirs), (3, &platforms)] {
        assert_eq!(entry["target"]["id"], person(number).0.to_string());
    }
    let at = |entry: &Value| format!("{LOG}/{}", entry["id"].as_str().unwrap());
    assert_eq!(acme.get(&at(&mine)).await.ok(), mine);
    let of_platform = format!("/api/v1{}", at(&platforms));
    assert_eq!(staff.get(&of_platform).await.ok(), platforms);
    for foreign in [at(&theirs), at(&platforms), format!("{LOG}/0"), format!("{LOG}/me")] {
        acme.get(&foreign).await.problem(404, "not_found");
    }
    staff.get(&format!("/api/v1{}", at(&mine))).await.problem(404, "not_found");
}

/// A18: an organization's cursor is good in its own log.
#[actix_web::test]
async fn a_cursor_of_another_organization_is_refused() {
    let app = app().await;
    let acme = busy(&app, vec![made(1), made(2)]).await;
    let rival = busy(&app, vec![made(3)]).await;
    let page = acme.get(&format!("{LOG}?limit=1")).await.ok();
    let cursor = page["next_cursor"].as_str().unwrap();
    let next = acme.get(&format!("{LOG}?limit=1&cursor={cursor}")).await.ok();
    assert_eq!(next["items"][0]["target"]["id"], person(1).0.to_string());
    let stolen = rival.get(&format!("{LOG}?limit=1&cursor={cursor}")).await;
    stolen.problem(400, "invalid_cursor");
}

/// The order of a unit of work is that of its entries.
#[actix_web::test]
async fn entries_of_one_instant_keep_their_order() {
    let app = app().await;
    let reader = busy(&app, (0..50).map(made).collect()).await;
    leave(&reader.door(), (50..60).map(made).collect()).await.unwrap();
    let page = reader.get(&format!("{LOG}?sort=created_at&limit=100")).await.ok();
    let items = page["items"].as_array().unwrap();
    let targets: Vec<_> = items.iter().map(|it| it["target"]["id"].as_str().unwrap()).collect();
    let expected: Vec<_> = (0..60).map(|number| person(number).0.to_string()).collect();
    assert_eq!(targets, expected);
}

/// Erasing somebody on one replica takes their key from the memory of the others.
#[actix_web::test]
async fn who_is_erased_is_forgotten_on_every_replica() {
    let app = app().await;
    let replica = app.replica(vec![audit_log::feature()]).await;
    for each in [&app, &replica] {
        each.database.poll_invalidations().await.unwrap();
        for _ in 0..2 {
            record(each, Some(person(1)), vec![renamed(person(1))]).await.unwrap();
        }
    }
    erase(&app, person(1)).await;
    replica.database.poll_invalidations().await.unwrap();

    // What they are said to do now is under another key, and shows that neither remembers the old one.
    for (number, each) in [(1, &app), (2, &replica)] {
        record(each, Some(person(1)), vec![renamed(person(1))]).await.unwrap();
        let entries = crate::told(each, person(1)).await;
        let readable = entries.iter().filter(|it| it.changes.get("name").is_some()).count();
        assert_eq!((entries.len(), readable), (4 + number, number));
    }
}
