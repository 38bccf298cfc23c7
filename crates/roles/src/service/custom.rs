//! The roles of a place – the platform or an organization – and those it makes for itself.

use audit_log::{Entry, Target};
use kernel::{
    Invalid, Merge, OnUnique, OrganizationId, PageOf, Refusal, Scope, Tx, db::PageRequest,
};
use sea_orm::ActiveValue::Set;

use super::{
    known,
    reach::{still_writes, still_writes_keys},
};
use crate::{
    Error, Removing, Role, RoleId,
    models::{
        assignment,
        role::{self, Keys},
    },
    schemas::{Recorded, RoleIn, RoleOut},
};

/// How many roles of its own a place may have.
const MOST: u64 = 200;

/// A page of the roles of a place.
pub async fn list<V: Scope>(view: &V, page: &PageRequest) -> Result<PageOf<RoleOut>, Error> {
    Ok(role::page(view, page).await?.map(|role| RoleOut::of(view, role)))
}

/// A role of a place.
pub async fn read<V: Scope>(view: &V, id: RoleId) -> Result<RoleOut, Error> {
    let role = role::by_id(view, id).await?.ok_or(Error::NotFound)?;
    Ok(RoleOut::of(view, role))
}

/// Makes a role that allows nothing but what the caller holds (ASVS 8.2.1).
pub async fn create<V: Scope>(tx: &Tx<V>, new: RoleIn) -> Result<RoleOut, Error> {
    let new = sorted(&**tx, new)?;
    role::alone(tx).await?;
    still_writes_keys(tx, &new.permissions).await?;
    if role::count_own(&**tx).await? >= MOST {
        return Err(Error::TooMany(MOST));
    }
    let entry = Recorded::from(&new);
    let RoleIn { key, name, description, permissions } = new;
    let now = tx.view().now();
    let role = Role {
        id: tx.view().id(),
        organization_id: tx.organization().unwrap_or(OrganizationId::PLATFORM),
        key,
        name,
        description,
        permissions: Keys(permissions),
        system: false,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let inserted = role::insert(tx, std::slice::from_ref(&role)).await;
    inserted.on_unique("roles_organization_id_key_key", || Error::KeyTaken)?;
    audit_log::record(tx, about("role.created", role.id).created(&entry));
    Ok(RoleOut::of(&**tx, role))
}

/// Changes what the patch names; it counts from the next request of whoever has the role
/// (ASVS 8.3.2).
pub async fn update<V: Scope>(
    tx: &Tx<V>,
    id: RoleId,
    patch: Merge<RoleIn>,
) -> Result<RoleOut, Error> {
    let role = changing(tx, id).await?;
    let before = RoleIn::of(&**tx, &role);
    let after = sorted(&**tx, patch.onto(&before)?)?;
    if after.key != before.key {
        let fault = Invalid::new("/key", "immutable", "never changes");
        return Err(Refusal::Invalid(vec![fault]).into());
    }
    if after == before {
        return Ok(RoleOut::of(&**tx, role));
    }
    still_writes_keys(tx, &after.permissions).await?;
    let entry =
        about("role.updated", id).changed(&Recorded::from(&before), &Recorded::from(&after));
    let RoleIn { name, description, mut permissions, .. } = after;
    // A feature may be back tomorrow: what it declared is not the client's to lose.
    let known = |key: &String| tx.view().catalogue().knows(V::NAME, key);
    permissions.extend(role.permissions.0.iter().filter(|key| !known(key)).cloned());
    let role = role::save(tx, role, |row| {
        row.name = Set(name);
        row.description = Set(description);
        row.permissions = Set(Keys(permissions));
    })
    .await?;
    known::forget(tx, id);
    audit_log::record(tx, entry);
    Ok(RoleOut::of(&**tx, role))
}

/// Removes a role that nobody has, unless a feature above objects.
pub async fn delete<V: Scope>(tx: &Tx<V>, id: RoleId) -> Result<(), Error> {
    let role = changing(tx, id).await?;
    if assignment::any(&**tx, id).await? {
        return Err(Error::InUse);
    }
    tx.tell(&Removing { organization: role.organization_id, role: id }).await?;
    role::remove(tx, id).await?;
    known::forget(tx, id);
    let before = Recorded::from(&RoleIn::of(&**tx, &role));
    audit_log::record(tx, about("role.deleted", id).changed(&before, &Recorded::default()));
    Ok(())
}

/// A role that the caller may change: none of the system's, and none that allows more than they hold.
async fn changing<V: Scope>(tx: &Tx<V>, id: RoleId) -> Result<Role, Error> {
    let role = role::changing(tx, id).await?;
    if role.system {
        return Err(Error::System);
    }
    still_writes(tx, std::slice::from_ref(&role)).await?;
    Ok(role)
}

/// The same with its permissions in order; 422 where one is none of this scope or stands there
/// twice.
fn sorted<V: Scope>(view: &V, mut role: RoleIn) -> Result<RoleIn, Refusal> {
    let keys = &role.permissions;
    let fault = |(place, key): (usize, &String)| {
        let known = view.view().catalogue().knows(V::NAME, key);
        let first = keys.iter().position(|it| it == key) == Some(place);
        let (code, message) = match (known, first) {
            (true, true) => return None,
            (true, false) => ("repeated", "is given twice"),
            (false, _) => ("unknown_permission", "is no permission of this scope"),
        };
        Some(Invalid::new(format!("/permissions/{place}"), code, message))
    };
    let faults: Vec<_> = keys.iter().enumerate().filter_map(fault).collect();
    if !faults.is_empty() {
        return Err(Refusal::Invalid(faults));
    }
    role.permissions.sort();
    Ok(role)
}

fn about(action: &'static str, role: RoleId) -> Entry {
    Entry::of(action, Target::new("role", role))
}
