//! Who has which role, for the features above.

use kernel::{OrgTx, OrgView, Scope, Tx, UserId};
use sea_orm::DbErr;
use users::User;

use crate::{
    Error, Role, RoleId,
    models::{
        assignment,
        role::{self, Keys},
    },
    system::OF_ORGANIZATION,
};

/// About how many accounts one statement is.
const MANY: u64 = 500;

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

/// Whether an owner of the organization has an account that is usable in this sense.
pub async fn any_owner(view: &OrgView, usable: impl Fn(&User) -> bool) -> Result<bool, Error> {
    let [owner, ..] = OF_ORGANIZATION;
    let role = role::by_keys(view, &[owner.key.to_owned()]).await?;
    match role.first() {
        Some(role) => any_holder(view, role.id, usable).await,
        None => Ok(false),
    }
}

/// Whether somebody who has this role has an account that is usable in this sense. They may be many,
/// and databases take only so many parameters at once: the first who is ends the search.
pub async fn any_holder<V: Scope>(
    view: &V,
    role: RoleId,
    usable: impl Fn(&User) -> bool,
) -> Result<bool, Error> {
    let mut after = None;
    loop {
        let holders = assignment::holders(view, role, after, MANY).await?;
        let Some(last) = holders.last() else { return Ok(false) };
        after = Some(*last);
        if users::by_ids(view.view(), &holders).await?.iter().any(&usable) {
            return Ok(true);
        }
    }
}

/// Takes their roles from up to `most` members of an organization that is erased, and answers how many
/// rows that were.
pub async fn erase_assignments(tx: &OrgTx, most: u64) -> Result<u64, DbErr> {
    assignment::erase(tx, most).await
}

/// Removes the roles of an organization that is erased; nobody has one any more.
pub async fn erase(tx: &OrgTx) -> Result<(), DbErr> {
    role::erase(tx).await
}
