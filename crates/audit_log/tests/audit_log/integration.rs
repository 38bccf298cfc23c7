//! Entries and the units of work they belong to.

use audit_log::{Entry, Outcome, Target};
use chrono::TimeDelta;
use futures_util::future::{join, join_all};
use kernel::{Asker, OrganizationId, Origin};
use sea_orm::{ConnectionTrait, DbErr};
use serde_json::json;

use crate::{
    AFTER, AGENT, app, asker, count, digits, dump, erase, leave, person, record, renamed, tamper,
    told,
};

/// ASVS 16.2.1: who, what, when and where stand in each entry.
#[actix_web::test]
async fn an_entry_tells_who_did_what_to_what_when_and_from_where() {
    let app = app().await;
    record(&app, Some(person(1)), vec![renamed(person(2)).noting("reason", "wish")]).await.unwrap();

    let [entry] = told(&app, person(2)).await.try_into().unwrap();
    assert_eq!((entry.action.as_str(), entry.outcome.as_str()), ("account.updated", "success"));
    assert_eq!((entry.actor.r#type.as_str(), entry.actor.id), ("user", person(1).0));
    assert_eq!((entry.target.r#type.as_str(), entry.target.id), ("account", person(2).0));
    assert_eq!(
        (entry.request_id.as_str(), entry.ip.as_deref()),
        ("request-1", Some("203.0.113.7"))
    );
    assert_eq!(entry.user_agent.as_deref(), Some(AGENT));
    assert_eq!(entry.created_at, app.database.clock().now());
    assert_eq!(entry.changes["status"], json!({ "from": "new", "to": "active" }));
    assert_eq!(entry.changes["reason"], "wish");
}

#[actix_web::test]
async fn the_actor_is_the_caller_else_who_proved_to_be_somebody_else_a_stranger() {
    let app = app().await;
    let login = || Entry::of("account.opened", Target::new("account", person(9)));
    record(&app, Some(person(1)), vec![login().by(person(2))]).await.unwrap();
    record(&app, None, vec![login().by(person(2)), login().with(Outcome::Denied)]).await.unwrap();
    let system = app.database.system();
    let failed = login().with(Outcome::Failure);
    leave(&system, vec![failed]).await.unwrap();

    let entries = told(&app, person(9)).await;
    let who = entries.iter().map(|it| (it.actor.r#type.as_str(), it.actor.id.as_u128()));
    let who: Vec<_> = who.zip(entries.iter().map(|it| it.outcome.as_str())).collect();
    assert_eq!(who[0], (("user", 1), "success"));
    assert_eq!(who[1], (("user", 2), "success"));
    assert_eq!(who[2], (("anonymous", 0), "denied"));
    assert_eq!(who[3], (("system", 0), "failure"));
}

#[actix_web::test]
async fn an_entry_and_its_change_commit_together_or_vanish_together() {
    let app = app().await;
    tamper(&app, "create table notes (note varchar(9))").await;
    for outcome in [Err(DbErr::Custom("no".into())), Ok(())] {
        let door = app.database.platform(Asker::default());
        let _ = door
            .run(async |tx| {
                tx.execute_unprepared("insert into notes values ('x')").await?;
                audit_log::record(tx, renamed(person(1)));
                outcome
            })
            .await;
        assert_eq!(count(&app, "notes").await, count(&app, "audit_log").await);
    }
    assert_eq!(count(&app, "audit_log").await, 1);
}

/// ASVS 16.5.3: what cannot be recorded does not happen.
#[actix_web::test]
async fn a_change_whose_entry_cannot_be_written_fails() {
    let app = app().await;
    tamper(&app, "create table notes (note varchar(9))").await;
    tamper(&app, "alter table audit_log rename to lost").await;
    let door = app.database.platform(Asker::default());
    let done = door.run(async |tx| {
        tx.execute_unprepared("insert into notes values ('x')").await?;
        audit_log::record(tx, Entry::of("note.created", Target::new("note", person(1))));
        Ok::<_, DbErr>(())
    });
    assert!(done.await.is_err());
    assert_eq!(count(&app, "notes").await, 0);
}

#[actix_web::test]
async fn entries_cost_one_statement_a_unit_of_work_once_the_peoples_keys_are_known() {
    let app = app().await;
    let entries = || vec![renamed(person(1)), renamed(person(2)), renamed(person(3))];
    for _ in 0..2 {
        record(&app, Some(person(4)), entries()).await.unwrap(); // makes the keys, learns them
    }
    let door = app.database.platform(asker(&app, Some(person(4))));
    let before = app.database.statements();
    let recorded = door.run(async |tx| {
        for entry in entries() {
            audit_log::record(tx, entry);
        }
        Ok::<_, DbErr>(app.database.statements())
    });

    assert_eq!(recorded.await.unwrap() - before, 1, "BEGIN; recording itself asks nothing");
    assert_eq!(app.database.statements() - before, 3, "BEGIN, INSERT, COMMIT");
    assert_eq!(count(&app, "audit_log").await, 9);
}

/// ASVS 14.2.6, 16.2.5: what is personal stands nowhere in clear, what is secret stands nowhere.
#[actix_web::test]
async fn what_is_personal_is_encrypted_and_what_is_secret_is_not_there() {
    let app = app().await;
    record(&app, None, vec![renamed(person(1))]).await.unwrap();
    record(&app, None, vec![renamed(person(2)).created(&AFTER)]).await.unwrap();

    let stored = dump(&app).await.to_lowercase();
    assert!(stored.contains("account.updated") && stored.contains("active"), "{stored}");
    for hidden in ["Lovelace", "203.0.113.7", "Difference", "hunter2", "swordfish"] {
        let hidden = hidden.to_lowercase();
        assert!(!stored.contains(&hidden) && !stored.contains(&digits(&hidden)), "{hidden}");
    }
    let [entry] = told(&app, person(1)).await.try_into().unwrap();
    assert_eq!(entry.changes["name"], json!({ "from": "Ada King", "to": "Ada Lovelace" }));
    assert_eq!(entry.changes["password"], "[redacted]");
}

#[actix_web::test]
async fn who_destroys_a_key_erases_the_person_and_nothing_else() {
    let app = app().await;
    record(&app, Some(person(1)), vec![renamed(person(1)), renamed(person(2))]).await.unwrap();
    let stored = count(&app, "audit_log").await;
    erase(&app, person(1)).await;

    let [own] = told(&app, person(1)).await.try_into().unwrap();
    let [other] = told(&app, person(2)).await.try_into().unwrap();
    assert_eq!((own.changes.get("name"), own.ip, own.user_agent), (None, None, None));
    assert_eq!((own.actor.id, own.changes["status"]["to"].as_str()), (person(1).0, Some("active")));
    assert!(other.changes["name"].is_object() && other.ip.is_none(), "the address is the actor's");
    assert_eq!(count(&app, "audit_log").await, stored);
}

/// A secret that is moved to another entry, or to another place of its own, does not open.
#[actix_web::test]
async fn a_blob_opens_in_its_own_place_only() {
    let app = app().await;
    record(&app, Some(person(1)), vec![renamed(person(1))]).await.unwrap();
    crate::logs::unguarded(&app).await;
    tamper(&app, "update audit_log set origin = personal, personal = origin").await;
    let [moved] = told(&app, person(1)).await.try_into().unwrap();
    assert_eq!((moved.changes.get("name"), moved.changes.get("ip"), moved.ip), (None, None, None));
}

#[actix_web::test]
async fn first_entries_at_once_about_one_person_share_one_key() {
    let app = app().await;
    let both = (0..8).map(|_| record(&app, Some(person(1)), vec![renamed(person(1))]));
    let both = join_all(both).await;
    assert!(both.iter().all(Result::is_ok), "{both:?}");

    assert_eq!(count(&app, "audit_log_keys").await, 1);
    let entries = told(&app, person(1)).await;
    assert_eq!(entries.len(), 8);
    assert!(entries.iter().all(|it| it.changes["name"].is_object() && it.ip.is_some()));
}

/// Keys are made in one order everywhere, so that nobody waits for who waits for them.
#[actix_web::test]
async fn first_entries_at_once_about_two_people_who_act_on_each_other_do_not_deadlock() {
    let app = app().await;
    for pair in 0..10 {
        let (one, other) = (person(2 * pair + 1), person(2 * pair + 2));
        let there = record(&app, Some(one), vec![renamed(other)]);
        let back = record(&app, Some(other), vec![renamed(one)]);
        let (there, back) = join(there, back).await;
        there.and(back).unwrap();
    }
    assert_eq!(count(&app, "audit_log_keys").await, 20);
}

#[actix_web::test]
async fn a_key_that_was_rolled_back_is_not_remembered() {
    let app = app().await;
    tamper(&app, "alter table audit_log rename to lost").await;
    assert!(record(&app, None, vec![renamed(person(1))]).await.is_err());
    tamper(&app, "alter table lost rename to audit_log").await;
    assert_eq!(count(&app, "audit_log_keys").await, 0);

    record(&app, None, vec![renamed(person(1))]).await.unwrap();
    let [entry] = told(&app, person(1)).await.try_into().unwrap();
    assert!(entry.changes["name"].is_object() && entry.ip.is_some());
}

/// ASVS 16.4.1, A20: what would end a line or steer a terminal is data, before and after.
#[actix_web::test]
async fn values_that_attack_a_log_come_back_as_data() {
    const SLY: &str = "a\r\nforged=1\u{1b}[2J\u{2028}\u{202e}\"},{";
    let app = app().await;
    let origin = Origin { user_agent: Some(SLY.into()), ..asker(&app, None).origin };
    let door = app.database.platform(Asker { origin, ..Asker::default() });
    let entry =
        renamed(person(1)).created(&crate::Account { name: SLY, ..AFTER }).noting("why", SLY);
    leave(&door, vec![entry]).await.unwrap();

    let [entry] = told(&app, person(1)).await.try_into().unwrap();
    assert_eq!((&entry.changes["why"], &entry.changes["name"]["to"]), (&json!(SLY), &json!(SLY)));
    assert_eq!(entry.user_agent.as_deref(), Some(SLY));
    assert_eq!(serde_json::to_string(&entry).unwrap().lines().count(), 1);
}

#[actix_web::test]
async fn an_entry_belongs_to_the_organization_it_was_recorded_in() {
    let app = app().await;
    let organization = OrganizationId(person(5).0);
    let door = app.database.inside(organization, Asker::default());
    leave(&door, vec![renamed(person(1))]).await.unwrap();
    app.database.clock.advance(TimeDelta::seconds(1));
    record(&app, None, vec![renamed(person(1))]).await.unwrap();

    let of_platform = told(&app, person(1)).await;
    assert_eq!(of_platform.len(), 1, "the platform's log does not tell of organizations");
    assert_eq!(of_platform[0].request_id, "request-1");
    assert_eq!(count(&app, "audit_log").await, 2);
}
