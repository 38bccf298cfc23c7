//! Entries on their way to the table: encrypted and written just before COMMIT.

use std::collections::HashMap;

use kernel::{
    Actor, Leaving, Origin, OrganizationId, UserId, View,
    keyring::{open_with, seal_with},
};
use sea_orm::{ActiveValue::Set, DbErr, prelude::Uuid};
use serde_json::{Value, json};

use crate::{
    Entry, models,
    models::{EntryId, EntryRow, NewEntry},
    service::AuditLog,
};

/// A person's own key.
pub type Key = [u8; 32];

/// Whose key hides what belongs to no known person.
const NOBODY: UserId = UserId(Uuid::nil());

const SEAL: &str = "audit_log.key";

/// The entries of one unit of work.
#[derive(Default)]
pub struct Pile(Vec<(OrganizationId, Entry)>);

impl Leaving for Pile {
    type Row = (OrganizationId, Entry);

    fn add(&mut self, row: Self::Row) {
        self.0.push(row);
    }

    async fn write(self, view: &View) -> Result<(), DbErr> {
        let mut rows = Vec::with_capacity(self.0.len());
        for (organization, entry) in self.0 {
            rows.push(row(view, organization, entry).await?);
        }
        models::insert(view, rows).await
    }
}

/// The keys of everybody whom these entries concern, in one statement; who has been erased has none.
pub async fn keys(view: &View, entries: &[EntryRow]) -> Result<HashMap<UserId, Key>, DbErr> {
    let mut people: Vec<_> =
        entries.iter().flat_map(|entry| [entry.person_id, entry.origin_person_id]).collect();
    people.sort_unstable();
    people.dedup();
    let sealed = models::keys(view, &people).await?;
    let open = |row: models::KeyRow| Some((row.person_id, open_key(view, row.person_id, &row.key)?));
    Ok(sealed.into_iter().filter_map(open).collect())
}

/// What a blob of this entry holds, if its person's key still exists.
pub fn reveal(
    keys: &HashMap<UserId, Key>,
    person: UserId,
    entry: EntryId,
    blob: Option<&[u8]>,
) -> Option<Value> {
    let plain = open_with(keys.get(&person)?, entry.0.as_bytes(), blob?).ok()?;
    serde_json::from_slice(&plain).ok()
}

async fn row(view: &View, organization: OrganizationId, entry: Entry) -> Result<NewEntry, DbErr> {
    let Entry { action, target, outcome, person, by, changes, personal } = entry;
    let id: EntryId = view.id();
    let (actor_type, actor_id) = actor(view, by);
    let acting = (actor_type == "user").then_some(UserId(actor_id));

    let owner = person.or(acting).unwrap_or(NOBODY);
    let personal = if personal.is_empty() {
        None
    } else {
        Some(hide(view, owner, id, &Value::Object(personal)).await?)
    };
    let Origin { request_id, ip, user_agent } = view.origin();
    let sender = acting.or(person).unwrap_or(NOBODY);
    let origin = if ip.is_none() && user_agent.is_none() {
        None
    } else {
        let origin = json!({ "ip": ip, "user_agent": user_agent });
        Some(hide(view, sender, id, &origin).await?)
    };
    Ok(NewEntry {
        id: Set(id),
        organization_id: Set(organization),
        action: Set(action.to_owned()),
        outcome: Set(outcome.word().to_owned()),
        actor_type: Set(actor_type.to_owned()),
        actor_id: Set(actor_id),
        target_type: Set(target.kind.to_owned()),
        target_id: Set(target.id),
        changes: Set(Value::Object(changes)),
        person_id: Set(if personal.is_some() { owner } else { NOBODY }),
        personal: Set(personal),
        origin_person_id: Set(sender),
        origin: Set(origin),
        request_id: Set(request_id.clone()),
        created_at: Set(view.now()),
    })
}

fn actor(view: &View, by: Option<UserId>) -> (&'static str, Uuid) {
    match (view.caller().map(|caller| caller.actor), by) {
        (Some(Actor::User(user)), _) | (None, Some(user)) => ("user", user.0),
        (Some(Actor::ServiceAccount(account)), _) => ("service_account", account.0),
        (Some(Actor::System), _) => ("system", Uuid::nil()),
        (None, None) => ("anonymous", Uuid::nil()),
    }
}

async fn hide(view: &View, person: UserId, entry: EntryId, what: &Value) -> Result<Vec<u8>, DbErr> {
    let key = key_of(view, person).await?;
    Ok(seal_with(&key, entry.0.as_bytes(), what.to_string().as_bytes()))
}

/// There is no key yet, or none that opens.
enum NoKey {
    Missing,
    Db(DbErr),
}

/// A person's key: from memory, from the table, or new. A new one is not remembered yet, for this
/// transaction may still fail.
async fn key_of(view: &View, person: UserId) -> Result<Key, DbErr> {
    let known = view.of::<AuditLog>().keys.get(view, person, async || load(view, person).await);
    match known.await {
        Ok(key) => return Ok(key),
        Err(NoKey::Db(error)) => return Err(error),
        Err(NoKey::Missing) => {}
    }
    let sealed = view.keyring().seal(SEAL, person.0.as_bytes(), &kernel::random::<32>());
    models::insert_key(view, person, sealed).await?;
    load(view, person).await.map_err(|missing| match missing {
        NoKey::Db(error) => error,
        NoKey::Missing => DbErr::Custom(format!("the audit key of {person} does not open")),
    })
}

async fn load(view: &View, person: UserId) -> Result<Key, NoKey> {
    let rows = models::keys(view, &[person]).await.map_err(NoKey::Db)?;
    let row = rows.first().ok_or(NoKey::Missing)?;
    open_key(view, person, &row.key).ok_or(NoKey::Missing)
}

fn open_key(view: &View, person: UserId, sealed: &[u8]) -> Option<Key> {
    view.keyring().open(SEAL, person.0.as_bytes(), sealed).ok()?.try_into().ok()
}
