//! The people's own keys, under which entries hide what they tell of them.

use std::collections::{BTreeSet, HashMap};

use kernel::{UserId, View};
use sea_orm::DbErr;

use crate::{models, service::AuditLog};

const SEAL: &str = "audit_log.key";

/// A person's own key.
pub type Key = [u8; 32];

/// The keys of some people.
pub type Keys = HashMap<UserId, Key>;

/// The keys of these people, in one statement; who has been erased has none.
pub async fn of(view: &View, people: &[UserId]) -> Result<Keys, DbErr> {
    let sealed = models::keys(view, people).await?;
    let open = |row: models::KeyRow| {
        let key = view.keyring().open(SEAL, row.person_id.0.as_bytes(), &row.key).ok()?;
        Some((row.person_id, key.try_into().ok()?))
    };
    Ok(sealed.into_iter().filter_map(open).collect())
}

/// The keys of all these people: from memory, from the table, or new.
pub async fn ensure(view: &View, people: BTreeSet<UserId>) -> Result<Keys, DbErr> {
    let (mut keys, mut missing) = (Keys::new(), Vec::new());
    for person in people {
        match known(view, person).await? {
            Some(key) => drop(keys.insert(person, key)),
            None => missing.push(person),
        }
    }
    if missing.is_empty() {
        return Ok(keys);
    }
    // In one order everywhere: two units of work that need the same keys wait for one another.
    let sealed = missing.iter().map(|person| {
        let key = kernel::random::<32>();
        (*person, view.keyring().seal(SEAL, person.0.as_bytes(), &key))
    });
    models::insert_keys(view, sealed.collect()).await?;
    keys.extend(of(view, &missing).await?);
    match missing.into_iter().find(|person| !keys.contains_key(person)) {
        Some(person) => Err(DbErr::Custom(format!("the audit key of {person} does not open"))),
        None => Ok(keys),
    }
}

/// A key that has been committed. It is not looked for in the transaction that needs it, for what
/// that one has made may still vanish and must not be remembered.
async fn known(view: &View, person: UserId) -> Result<Option<Key>, DbErr> {
    let committed = &view.committed();
    let load = async || {
        let keys = of(committed, &[person]).await.map_err(Some)?;
        keys.get(&person).copied().ok_or(None)
    };
    match view.of::<AuditLog>().keys.get(committed, person, load).await {
        Ok(key) => Ok(Some(key)),
        Err(None) => Ok(None),
        Err(Some(error)) => Err(error),
    }
}
