//! Setting things, and inheriting them again. Whatever is set leaves a revision and an entry in the
//! audit log, and counts at once.

use std::collections::BTreeMap;

use kernel::{
    Invalid, Merge, Refusal, Scope, Tx,
    settings::{Declared, Definition},
};
use serde_json::Value as Json;

use super::{known::Settings, read::Seen, record, sealing::Slot, settable};
use crate::{
    Error,
    models::{
        Content, SealedRow, revision,
        setting::{self, Setting},
    },
    place::{Owner, Place},
    schemas::{RollbackIn, SettingIn, SettingOut, SettingsIn, SettingsOut, shown},
};

/// What is to be done to a value.
enum Change {
    Set { value: Json, locked: bool },
    Unset,
}

/// Sets a value at a place.
pub async fn put<V: Scope>(
    tx: &Tx<V>,
    owner: Owner,
    key: &str,
    new: SettingIn,
) -> Result<SettingOut, Error> {
    let place = Place::of(&**tx, owner)?;
    let declared = settable(tx.view(), place, key)?;
    let SettingIn { value, lock: locked } = new;
    let mut faults = Vec::from_iter(fault(declared.definition, &value, place, "/value"));
    if locked && declared.definition.scopes().iter().all(|it| *it <= place.scope()) {
        let message = "keeps nobody from anything: this is set nowhere below";
        faults.push(Invalid::new("/lock", "nobody_below", message));
    }
    sound(faults)?;
    change_one(tx, place, declared, Change::Set { value, locked }).await
}

/// Inherits a value again, from now on and whatever it will be.
pub async fn unset<V: Scope>(tx: &Tx<V>, owner: Owner, key: &str) -> Result<(), Error> {
    let place = Place::of(&**tx, owner)?;
    let declared = settable(tx.view(), place, key)?;
    change_one(tx, place, declared, Change::Unset).await.map(drop)
}

/// Makes a value what it was at a revision, as a new one.
pub async fn roll_back<V: Scope>(
    tx: &Tx<V>,
    owner: Owner,
    key: &str,
    to: RollbackIn,
) -> Result<SettingOut, Error> {
    let place = Place::of(&**tx, owner)?;
    let declared = settable(tx.view(), place, key)?;
    let definition = declared.definition;
    let refused = |code, message| Refusal::Invalid(vec![Invalid::new("/revision", code, message)]);
    let then = revision::numbered(&**tx, place.user, definition.key(), to.revision).await?;
    let then = then.ok_or_else(|| refused("unknown_revision", "is none of this setting here"))?;
    let slot = Slot { place: then.place(), key: definition.key(), version: then.revision };
    let change = match slot.open(tx.view().keyring(), &then.content())? {
        None => Change::Unset,
        Some(value) if definition.check(&value).is_ok() => {
            Change::Set { value, locked: then.locked }
        }
        Some(_) => return Err(refused("outdated", "is a value that is not good any more").into()),
    };
    change_one(tx, place, declared, change).await
}

/// Changes what the patch names, all or none.
pub async fn patch<V: Scope>(
    tx: &Tx<V>,
    owner: Owner,
    patch: Merge<SettingsIn>,
) -> Result<SettingsOut, Error> {
    let place = Place::of(&**tx, owner)?;
    let named = named(tx, place, &patch)?;
    if named.is_empty() {
        return Ok(SettingsOut { items: Vec::new() });
    }
    if named.len() > 1 && tx.view().expected().is_some() {
        let message = "names the version of one setting: send it with one";
        return Err(Refusal::Invalid(vec![Invalid::new("If-Match", "several", message)]).into());
    }
    let rows = changing(tx, place, &named).await?;
    let now = named
        .iter()
        .zip(&rows)
        .filter_map(|(it, row)| Some((row.key.clone(), shown(it.definition, &row.content())?)));
    let before = SettingsIn(now.collect());
    let SettingsIn(mut after) = patch.onto(&before)?;
    let (mut changes, mut faults) = (Vec::new(), Vec::new());
    for (declared, row) in named.iter().zip(rows) {
        let wanted = after.remove(&row.key);
        if wanted.as_ref() == before.0.get(&row.key) {
            continue;
        }
        let at = format!("/{}", row.key);
        faults.extend(wanted.as_ref().and_then(|it| fault(declared.definition, it, place, &at)));
        let locked = row.locked;
        let change = wanted.map_or(Change::Unset, |value| Change::Set { value, locked });
        changes.push((declared.definition, row, change));
    }
    sound(faults)?;
    for (definition, row, change) in changes {
        apply(tx, definition, row, change).await?;
    }
    let seen = Seen::from(&**tx, place).await?;
    Ok(SettingsOut { items: named.iter().map(|it| seen.shown(it)).collect() })
}

/// What the patch names, in order; 422 where some of it may not be set there.
fn named<'a, V: Scope>(
    tx: &'a Tx<V>,
    place: Place,
    patch: &Merge<SettingsIn>,
) -> Result<Vec<&'a Declared>, Error> {
    let (mut named, mut faults) = (BTreeMap::new(), Vec::new());
    for key in patch.names() {
        match settable(tx.view(), place, key) {
            Ok(declared) => drop(named.insert(declared.definition.key(), declared)),
            Err(_) => faults.push(Invalid::new(pointer(key), "unknown_setting", "is not set here")),
        }
    }
    sound(faults)?;
    Ok(named.into_values().collect())
}

/// The rows of these settings, kept from others; 409 where one is locked above.
async fn changing<V: Scope>(
    tx: &Tx<V>,
    place: Place,
    settings: &[&Declared],
) -> Result<Vec<Setting>, Error> {
    let keys: Vec<_> = settings.iter().map(|it| it.definition.key()).collect();
    let rows = setting::changing(tx, place, &keys).await?;
    let seen = Seen::from(&**tx, place).await?;
    let locked = settings.iter().any(|it| seen.is_locked(it.definition));
    if locked { Err(Error::Locked) } else { Ok(rows) }
}

async fn change_one<V: Scope>(
    tx: &Tx<V>,
    place: Place,
    declared: &Declared,
    change: Change,
) -> Result<SettingOut, Error> {
    let row = changing(tx, place, &[declared]).await?.pop().ok_or(Error::NotFound)?;
    apply(tx, declared.definition, row, change).await?;
    Ok(Seen::from(&**tx, place).await?.shown(declared))
}

/// What is set to what it is stays as it is. Not so a secret: who may set one could else find out what
/// it is by guessing.
async fn apply<V: Scope>(
    tx: &Tx<V>,
    definition: &dyn Definition,
    row: Setting,
    change: Change,
) -> Result<(), Error> {
    let (before, was_locked) = (row.content(), row.locked);
    let (content, locked) = match change {
        Change::Unset => (Content::Unset, false),
        Change::Set { value, locked } if definition.is_secret() => {
            let slot = Slot { place: row.place(), key: definition.key(), version: row.version + 1 };
            (slot.seal(tx.view().keyring(), &value), locked)
        }
        Change::Set { value, locked } => (Content::Plain(value), locked),
    };
    if content == before && locked == was_locked {
        return Ok(());
    }
    let place = row.place();
    let row = setting::save(tx, row, content, locked).await?;
    revision::add(tx, &row).await?;
    tx.invalidate(&tx.view().of::<Settings>().values, place);
    record::changed(tx, definition, &row, &before, was_locked);
    Ok(())
}

fn fault(definition: &dyn Definition, value: &Json, place: Place, at: &str) -> Option<Invalid> {
    let fault = definition.check_at(value, place.scope()).err()?;
    Some(Invalid { pointer: format!("{at}{}", fault.pointer), ..fault })
}

fn sound(faults: Vec<Invalid>) -> Result<(), Refusal> {
    if faults.is_empty() { Ok(()) } else { Err(Refusal::Invalid(faults)) }
}

/// The place of a member in a body (RFC 6901), of a name that can be anything.
fn pointer(name: &str) -> String {
    let name: String = name.chars().filter(|it| !it.is_control()).take(64).collect();
    format!("/{}", name.replace('~', "~0").replace('/', "~1"))
}
