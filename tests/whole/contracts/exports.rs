//! What is held on people they can take with them: a table that names people and is in no archive fails.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::world::{Person, Who, World};

/// What becomes of a column that names a person in `GET /users/me/export`.
enum Told {
    /// Its rows are in this part of the archive.
    In(&'static str),
    /// They are not, and why.
    Not(&'static str),
}
use Told::{In, Not};

/// Every column that names a person.
const COLUMNS: &[(&str, Told)] = &[
    ("audit_log.actor_id", In("audit_log_by")),
    ("audit_log.person_id", Not("whose key it is; the entries are in the parts by, to and about")),
    ("audit_log.origin_person_id", Not("whose key it is; the entries are in the parts by and to")),
    ("audit_log_keys.person_id", Not("a key, which is nobody's to take")),
    ("inboxes.user_id", Not("counters of the inbox, whose notifications are in the archive")),
    (
        "invitations.invited_by",
        Not("it tells of those who were invited; the audit log has what one did"),
    ),
    ("known_devices.user_id", In("known_devices")),
    ("mail_bounces.user_id", In("mail_bounces")),
    ("mail_items.user_id", Not("which of the notifications wait to be mailed")),
    ("mailed_links.user_id", In("mailed_links")),
    ("memberships.user_id", In("memberships")),
    ("notification_preferences.user_id", In("notification_preferences")),
    ("notifications.user_id", In("notifications")),
    ("passwords.user_id", In("passwords")),
    ("product_imports.actor_id", Not("it is the organization's; the audit log has what one did")),
    ("recipients.user_id", In("recipients")),
    ("role_assignments.user_id", In("role_assignments")),
    ("sessions.user_id", In("sessions")),
    ("setting_revisions.user_id", In("setting_revisions")),
    ("setting_revisions.actor_id", Not("what one has set elsewhere is that place's")),
    ("settings.user_id", In("settings")),
    ("tickets.user_id", Not("of a minute's use: which stream somebody meant to open")),
    ("user_words.user_id", Not("words of the name and the address, which are in the part users")),
];

/// ASVS 14.2.6. Everybody's rows are in their archive, whatever feature holds them.
#[actix_web::test]
async fn every_table_that_names_people_is_in_their_archive() {
    let world = World::new().await;
    let person = busy(&world).await;
    let archive = world.actor(&person).get("/api/v1/users/me/export").await.ok();
    let data = archive["data"].as_object().unwrap();
    assert_eq!(data["users"][0]["email"], json!(person.email));

    let found = world.columns_of_people().await;
    let mut wrong = Vec::new();
    let mut filled = 0;
    for column in &found {
        let Some((_, told)) = COLUMNS.iter().find(|(known, _)| known == column) else {
            wrong.push(format!("{column} names a person: export it, or say here why not"));
            continue;
        };
        let rows = world.rows_of(column, &person.id).await;
        match told {
            In(part) if !data.contains_key(*part) => {
                wrong.push(format!("no part is called {part}"));
            }
            In(part) if rows > 0 && data[*part].as_array().is_none_or(Vec::is_empty) => {
                wrong.push(format!("{rows} rows of {column} are not in {part}"));
            }
            In(_) => filled += usize::from(rows > 0),
            Not(why) => assert!(!why.is_empty()),
        }
    }
    let gone = COLUMNS.iter().filter(|(known, _)| !found.iter().any(|it| it == known));
    wrong.extend(gone.map(|(known, _)| format!("{known} is not there any more")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(filled > 6, "nobody is so idle: {filled}");
}

/// ASVS 6.5.2, 13.3.1, 14.2.6 (A20): an archive holds nothing that opens a door, and nothing of others.
#[actix_web::test]
async fn an_archive_holds_no_secret_and_nobody_else() {
    let world = World::new().await;
    let person = busy(&world).await;
    let told = world.actor(&person).get("/api/v1/users/me/export").await.text;
    for secret in ["$argon2", "token_hash", "nonce", "eyJ", "[secret]"] {
        assert!(!told.contains(secret), "{secret} in {told}");
    }
    for other in [Who::Owner, Who::Rival, Who::Nobody] {
        assert!(!told.contains(&world.person(other).email), "{other:?} in {told}");
    }
}

/// Somebody new who has done, set and got a bit of everything.
async fn busy(world: &World) -> Person {
    let email = format!("busy-{}@example.com", super::world::unknown_id());
    let person = world.account(&email).await;
    let me = world.actor(&person);
    let elsewhere = world.organization().await;
    let owner = world.actor(world.person(Who::Owner));
    let invite = json!({ "email": email, "roles": ["member"] });
    let place = format!("/api/v1/organizations/{elsewhere}/invitations");
    owner.post(&place, invite).await.created();
    me.post("/api/v1/organizations", json!({ "name": "Busy" })).await.created();
    me.patch("/api/v1/users/me", json!({ "name": "Busy Bee" })).await.ok();
    let own = me.get("/api/v1/users/me/settings").await.ok();
    let plain = |it: &&Value| it["value"].is_boolean() || it["value"].is_number();
    if let Some(setting) = own["items"].as_array().unwrap().iter().find(plain) {
        let path = format!("/api/v1/users/me/settings/{}", setting["key"].as_str().unwrap());
        let body = json!({ "value": setting["value"] }).to_string();
        me.send("PUT".parse().unwrap(), &path, body).await;
    }
    person
}

impl World {
    /// `table.column` of every column that names a person, in order.
    async fn columns_of_people(&self) -> Vec<String> {
        let names = |it: &str| {
            it == "actor_id"
                || it == "invited_by"
                || ["user_id", "person_id"].iter().any(|end| it.ends_with(end))
        };
        let mut all = BTreeSet::new();
        // On PostgreSQL the log is made of parts, which are tables too.
        let is_part = |table: &str| table.starts_with("audit_log_") && table != "audit_log_keys";
        let tables = self.texts(self.tables()).await;
        for table in tables.into_iter().filter(|table| !is_part(table)) {
            let columns = self.texts(&self.columns(&table)).await;
            let people = columns.iter().filter(|column| names(column));
            all.extend(people.map(|column| format!("{table}.{column}")));
        }
        all.into_iter().collect()
    }

    /// How many rows name this person in `table.column`.
    async fn rows_of(&self, column: &str, person: &str) -> usize {
        let (table, column) = column.split_once('.').unwrap();
        let (id, as_text) = match self.backend() {
            sea_orm::DbBackend::Sqlite => {
                (format!("upper(replace('{person}', '-', ''))"), format!("hex(\"{column}\")"))
            }
            _ => (format!("'{person}'"), format!("\"{column}\"::text")),
        };
        let sql = format!("select {as_text} from \"{table}\" where {as_text} = {id}");
        self.texts(&sql).await.len()
    }
}
