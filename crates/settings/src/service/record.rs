//! What the audit log keeps of what is set.

use audit_log::{Audited, Entry, Target};
use kernel::{Scope, SettingScope, Tx, settings::Definition};
use serde::Serialize;
use serde_json::Value as Json;

use crate::{
    models::{Content, SealedRow, setting::Setting},
    schemas::shown,
};

/// A value; of a secret no more than whether one is set.
#[derive(Serialize)]
struct Recorded {
    value: Option<Json>,
    locked: bool,
}

/// The same of an account: what a person has set tells something of them.
#[derive(Serialize)]
#[serde(transparent)]
struct Personal(Recorded);

impl Audited for Recorded {}

impl Audited for Personal {
    const PERSONAL: &[&str] = &["value"];
}

/// Leaves an entry that a value has become what the row says.
pub fn changed(
    tx: &Tx<impl Scope>,
    definition: &dyn Definition,
    row: &Setting,
    before: &Content,
    was_locked: bool,
) {
    let after = row.content();
    let action = if after == Content::Unset { "setting.removed" } else { "setting.changed" };
    let entry = Entry::of(action, Target::new("setting", row.id)).noting("key", definition.key());
    let before = Recorded { value: shown(definition, before), locked: was_locked };
    let after = Recorded { value: shown(definition, &after), locked: row.locked };
    let entry = if row.place().scope() == SettingScope::User {
        entry.about(row.user_id).changed(&Personal(before), &Personal(after))
    } else {
        entry.changed(&before, &after)
    };
    audit_log::record(tx, entry);
}
