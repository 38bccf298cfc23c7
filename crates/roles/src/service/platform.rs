//! Who has which role on the platform. There is always an administrator.

use std::slice::from_ref;

use audit_log::{Entry, Target};
use kernel::{PageOf, Scope, Tx, UserId, View, db::PageRequest};
use users::Status;

use super::{
    assign::{named, within_reach},
    known::Roles,
};
use crate::{
    Error, Role, RoleId,
    models::{assignment, role},
    schemas::RoleOut,
    system::ADMINISTRATOR,
};

/// A page of an account's roles on the platform.
pub async fn list(view: &View, user: UserId, page: &PageRequest) -> Result<PageOf<RoleOut>, Error> {
    users::by_id(view, user).await?;
    let roles = role::page_of_user(view, user, page).await?;
    Ok(roles.map(|role| RoleOut::of(view, role)))
}

/// Gives an account a role; it counts from their next request. Who has it keeps it.
pub async fn give(tx: &Tx, user: UserId, role: RoleId) -> Result<(), Error> {
    users::hold(tx, user).await?;
    let role = role::hold(tx, &[role]).await?.pop().ok_or(Error::NotFound)?;
    within_reach(&**tx, from_ref(&role))?;
    assign(tx, user, &role).await
}

/// Gives an account the role of an administrator; it counts from the next request.
pub async fn make_administrator(tx: &Tx<impl Scope>, user: UserId) -> Result<(), Error> {
    let platform = tx.outside();
    for role in named(&*platform, &[ADMINISTRATOR.to_owned()]).await? {
        assign(&platform, user, &role).await?;
    }
    Ok(())
}

/// Takes a role from an account; it counts from their next request (ASVS 8.3.2).
pub async fn take(tx: &Tx, user: UserId, role: RoleId) -> Result<(), Error> {
    users::by_id(tx, user).await?;
    let role = role::by_id(&**tx, role).await?.ok_or(Error::NotFound)?;
    within_reach(&**tx, from_ref(&role))?;
    let entry = unassigned(user, &role);
    if unassign(tx, user, &[role]).await? == 0 {
        return Err(Error::NotFound);
    }
    audit_log::record(tx, entry);
    Ok(())
}

/// An account that goes leaves its roles behind; the account is held already.
pub async fn forget(tx: &Tx, users::Deleted { user }: &users::Deleted) -> Result<(), Error> {
    let roles = role::of_user(&**tx, *user).await?;
    if roles.is_empty() {
        return Ok(());
    }
    for role in &roles {
        audit_log::record(tx, unassigned(*user, role).noting("reason", "account_deleted"));
    }
    unassign(tx, *user, &roles).await?;
    Ok(())
}

/// The last administrator cannot be disabled; the account is held already.
pub async fn keep_administrator(tx: &Tx, event: &users::Disabled) -> Result<(), Error> {
    let roles = role::of_user(&**tx, event.user).await?;
    let Some(administrator) = roles.iter().find(|role| role.system) else { return Ok(()) };
    role::alone(tx).await?;
    somebody_else(tx, event.user, administrator.id).await
}

async fn assign(tx: &Tx, user: UserId, role: &Role) -> Result<(), Error> {
    if assignment::assign(tx, user, &[role.id]).await? == 0 {
        return Ok(());
    }
    tx.invalidate(&tx.of::<Roles>().platform, user);
    let entry = Entry::of("role.assigned", Target::new("user", user));
    audit_log::record(tx, entry.noting("role", role.key.as_str()));
    Ok(())
}

/// Takes these roles away and answers how many there were; the last administrator stays one.
async fn unassign(tx: &Tx, user: UserId, roles: &[Role]) -> Result<u64, Error> {
    let administrator = roles.iter().find(|role| role.system);
    if administrator.is_some() {
        role::alone(tx).await?;
    }
    let ids: Vec<RoleId> = roles.iter().map(|role| role.id).collect();
    let taken = assignment::unassign(tx, user, &ids).await?;
    if let Some(role) = administrator.filter(|_| taken > 0) {
        somebody_else(tx, user, role.id).await?;
    }
    tx.invalidate(&tx.of::<Roles>().platform, user);
    Ok(taken)
}

/// Whether somebody else whose account may be used has this role too.
async fn somebody_else(tx: &Tx, user: UserId, role: RoleId) -> Result<(), Error> {
    let mut others = assignment::holders(&**tx, role).await?;
    others.retain(|holder| *holder != user);
    let others = users::by_ids(tx, &others).await?;
    let active = others.iter().any(|it| it.status == Status::Active);
    active.then_some(()).ok_or(Error::LastAdministrator)
}

fn unassigned(user: UserId, role: &Role) -> Entry {
    let entry = Entry::of("role.unassigned", Target::new("user", user));
    entry.noting("role", role.key.as_str())
}
