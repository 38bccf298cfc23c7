//! Who has which role, for the features above.

use std::collections::BTreeMap;

use kernel::{OrgTx, OrgView, OrganizationId, Permissions, Scope, Tx, UserId, View};
use sea_orm::DbErr;

use crate::{
    Error, Role, RoleId,
    models::{
        assignment,
        role::{self, Keys},
    },
    system::{OF_ORGANIZATION, allowed},
};

/// Makes the system roles of a new organization and answers their ids, the strongest first.
pub async fn found(tx: &OrgTx) -> Result<Vec<RoleId>, DbErr> {
    let roles = OF_ORGANIZATION.map(|role| Role {
        id: tx.id(),
        organization_id: tx.org(),
        key: role.key.to_owned(),
        name: role.name.to_owned(),
        description: role.description.to_owned(),
        permissions: Keys::default(),
        system: true,
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
    });
    role::insert(tx, &roles).await?;
    Ok(roles.iter().map(|role| role.id).collect())
}

/// The roles of these keys, each once and in the order in which they are named;
/// [`Error::Unknown`] tells which keys are none.
pub async fn named<V: Scope>(view: &V, keys: &[String]) -> Result<Vec<Role>, Error> {
    let mut found = role::by_keys(view, keys).await?;
    let place = |key: &String| keys.iter().position(|it| it == key);
    found.sort_by_key(|role| place(&role.key));
    let missing = |key: &String| !found.iter().any(|role| role.key == *key);
    let places = keys.iter().enumerate().filter(|(_, key)| missing(key));
    let places: Vec<usize> = places.map(|(place, _)| place).collect();
    if places.is_empty() { Ok(found) } else { Err(Error::Unknown(places)) }
}

/// Whether the caller may give and take these roles: who holds all that they allow
/// ([`Error::Exceeds`] else).
pub fn within_reach<V: Scope>(view: &V, roles: &[Role]) -> Result<(), Error> {
    let all = roles.iter().map(|role| allowed(view.view(), role));
    reaches(view, all.fold(Permissions::default(), Permissions::or))
}

/// Whether the caller holds all of these permissions ([`Error::Exceeds`] else).
pub fn holds<V: Scope>(view: &V, keys: &[String]) -> Result<(), Error> {
    reaches(view, view.view().catalogue().set(V::NAME, keys.iter().map(String::as_str)))
}

/// Keeps these roles from being removed or changed until the transaction ends: for who writes down
/// that somebody has, or is to have, one. [`Error::Unknown`] tells which are gone.
pub async fn hold<V: Scope>(tx: &Tx<V>, roles: &[RoleId]) -> Result<(), Error> {
    if roles.is_empty() {
        return Ok(());
    }
    let held = role::hold(tx, roles).await?;
    let gone = |id: &RoleId| !held.iter().any(|role| role.id == *id);
    let places = roles.iter().enumerate().filter(|(_, id)| gone(id));
    let places: Vec<usize> = places.map(|(place, _)| place).collect();
    if places.is_empty() { Ok(()) } else { Err(Error::Unknown(places)) }
}

/// The roles of these members, by member.
pub async fn of_members<V: Scope>(
    view: &V,
    users: &[UserId],
) -> Result<BTreeMap<UserId, Vec<RoleId>>, DbErr> {
    let mut roles: BTreeMap<UserId, Vec<RoleId>> = BTreeMap::new();
    for assignment in assignment::of_members(view, users).await? {
        roles.entry(assignment.user_id).or_default().push(assignment.role_id);
    }
    Ok(roles)
}

/// An account's own roles in these organizations, by organization.
pub async fn in_organizations(
    view: &View,
    user: UserId,
    organizations: &[OrganizationId],
) -> Result<BTreeMap<OrganizationId, Vec<RoleId>>, DbErr> {
    let mut roles: BTreeMap<OrganizationId, Vec<RoleId>> = BTreeMap::new();
    for assignment in assignment::in_organizations(view, user, organizations).await? {
        roles.entry(assignment.organization_id).or_default().push(assignment.role_id);
    }
    Ok(roles)
}

/// Gives a member these roles and no others; [`Error::Unknown`] tells which are gone meanwhile.
/// Whoever calls it has made sure that the caller may, holds the member, and forgets what it
/// remembers of them.
pub async fn set(tx: &OrgTx, user: UserId, roles: &[RoleId]) -> Result<(), Error> {
    hold(tx, roles).await?;
    let had = assignment::of_members(&**tx, &[user]).await?;
    let had: Vec<RoleId> = had.into_iter().map(|it| it.role_id).collect();
    let gone: Vec<RoleId> = had.iter().copied().filter(|it| !roles.contains(it)).collect();
    let new: Vec<RoleId> = roles.iter().copied().filter(|it| !had.contains(it)).collect();
    if !gone.is_empty() {
        assignment::unassign(tx, user, &gone).await?;
    }
    if !new.is_empty() {
        assignment::assign(tx, user, &new).await?;
    }
    Ok(())
}

/// The organization's owners.
pub async fn owners(view: &OrgView) -> Result<Vec<UserId>, DbErr> {
    let [owner, ..] = OF_ORGANIZATION;
    let role = role::by_keys(view, &[owner.key.to_owned()]).await?;
    match role.first() {
        Some(role) => assignment::holders(view, role.id).await,
        None => Ok(Vec::new()),
    }
}

/// Removes everything of an organization that is erased.
pub async fn erase(tx: &OrgTx) -> Result<(), DbErr> {
    assignment::erase(tx).await?;
    role::erase(tx).await
}

fn reaches<V: Scope>(view: &V, permissions: Permissions) -> Result<(), Error> {
    view.permissions().covers(permissions).then_some(()).ok_or(Error::Exceeds)
}
