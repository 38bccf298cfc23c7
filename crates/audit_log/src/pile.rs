//! Entries on their way to the table: encrypted and written just before COMMIT.

use kernel::{
    Actor, Leaving, OrganizationId, Origin, UserId, View,
    keyring::{open_with, seal_with},
};
use sea_orm::{ActiveValue::Set, DbErr, prelude::Uuid};
use serde_json::{Value, json};

use crate::{
    Entry,
    keys::{self, Keys},
    models::{self, EntryId, EntryRow, NewEntry},
    service::AuditLog,
};

/// Whose key hides what belongs to no known person.
const NOBODY: UserId = UserId(Uuid::nil());

/// The entries of one unit of work.
#[derive(Default)]
pub struct Pile(Vec<(OrganizationId, Entry)>);

/// What only the key of a person opens.
struct Secret {
    of: UserId,
    what: Value,
}

/// An entry whose secrets are still in the open.
struct Draft {
    id: EntryId,
    row: NewEntry,
    personal: Option<Secret>,
    origin: Option<Secret>,
}

/// What a stored entry hides, as far as the keys of its people still exist.
pub struct Revealed {
    pub personal: Option<Value>,
    pub origin: Option<Value>,
}

impl Leaving for Pile {
    type Row = (OrganizationId, Entry);

    fn add(&mut self, row: Self::Row) {
        self.0.push(row);
    }

    async fn write(self, view: &View) -> Result<(), DbErr> {
        let drafts = self.0.into_iter().map(|(place, entry)| Draft::of(view, place, entry));
        let drafts: Vec<_> = drafts.collect();
        let secrets = drafts.iter().flat_map(|it| [&it.personal, &it.origin]).flatten();
        let keys = keys::ensure(view, secrets.map(|secret| secret.of).collect()).await?;
        let rows = drafts.into_iter().map(|draft| draft.sealed(&keys));
        models::insert(view, rows.collect()).await
    }
}

impl Draft {
    fn of(view: &View, organization: OrganizationId, entry: Entry) -> Self {
        let Entry { action, target, outcome, person, by, changes, personal } = entry;
        let Origin { request_id, ip, user_agent } = view.origin();
        let (actor_type, actor_id) = actor(view, by);
        let acting = (actor_type == "user").then_some(UserId(actor_id));
        let secret = |of: Option<UserId>, what| Secret { of: of.unwrap_or(NOBODY), what };

        let id = view.of::<AuditLog>().order.next(view.now());
        let told = !personal.is_empty();
        let personal = told.then(|| secret(person.or(acting), Value::Object(personal)));
        let told = ip.is_some() || user_agent.is_some();
        let origin = json!({ "ip": ip, "user_agent": user_agent });
        let origin = told.then(|| secret(acting.or(person), origin));
        let row = NewEntry {
            id: Set(id),
            organization_id: Set(organization),
            action: Set(action.to_owned()),
            outcome: Set(outcome.word().to_owned()),
            actor_type: Set(actor_type.to_owned()),
            actor_id: Set(actor_id),
            target_type: Set(target.kind.to_owned()),
            target_id: Set(target.id),
            changes: Set(Value::Object(changes)),
            request_id: Set(request_id.clone()),
            created_at: Set(view.now()),
            ..NewEntry::default()
        };
        Self { id, row, personal, origin }
    }

    fn sealed(self, keys: &Keys) -> NewEntry {
        let Self { id, row, personal, origin } = self;
        let seal = |secret: Option<Secret>, column| {
            let of = secret.as_ref().map_or(NOBODY, |secret| secret.of);
            let seal = |Secret { of, what }: Secret| {
                Some(seal_with(keys.get(&of)?, &context(id, column), what.to_string().as_bytes()))
            };
            (Set(of), Set(secret.and_then(seal)))
        };
        let (person_id, personal) = seal(personal, "personal");
        let (origin_person_id, origin) = seal(origin, "origin");
        NewEntry { person_id, personal, origin_person_id, origin, ..row }
    }
}

impl Revealed {
    /// What these keys open of it.
    pub fn of(row: &EntryRow, keys: &Keys) -> Self {
        let open = |person, blob: &Option<Vec<u8>>, column| {
            let plain = open_with(keys.get(&person)?, &context(row.id, column), blob.as_ref()?);
            serde_json::from_slice(&plain.ok()?).ok()
        };
        Self {
            personal: open(row.person_id, &row.personal, "personal"),
            origin: open(row.origin_person_id, &row.origin, "origin"),
        }
    }
}

/// What a secret is bound to: it opens in the place in which it was written and in no other.
fn context(entry: EntryId, column: &str) -> Vec<u8> {
    [entry.0.as_bytes().as_slice(), column.as_bytes()].concat()
}

fn actor(view: &View, by: Option<UserId>) -> (&'static str, Uuid) {
    let caller = view.caller().map(|caller| caller.actor);
    let actor = caller.or(by.map(Actor::User));
    actor.map_or(("anonymous", Uuid::nil()), Actor::name)
}
