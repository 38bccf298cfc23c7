//! Who has which role on the platform. There is always an administrator.

use std::slice::from_ref;

use audit_log::{Entry, Target};
use kernel::{Actor, Caller, PageOf, Scope, Tx, UserId, View, db::PageRequest};
use users::{Status, User};

use super::{
    assign::{any_holder, named},
    known::Roles,
    reach::{still_reaches, still_writes},
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
    still_writes(tx, from_ref(&role)).await?;
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
    if role.system {
        role::alone(tx).await?;
    }
    still_writes(tx, from_ref(&role)).await?;
    let entry = unassigned(user, &role);
    if unassign(tx, user, &[role]).await? == 0 {
        return Err(Error::NotFound);
    }
    audit_log::record(tx, entry);
    Ok(())
}

/// An account that goes leaves its roles behind; the account is held already. Nobody deletes another's
/// whose roles allow more than they hold themselves (ASVS 8.2.1).
pub async fn forget(tx: &Tx, users::Deleted { user }: &users::Deleted) -> Result<(), Error> {
    let roles = role::of_user(&**tx, *user).await?;
    if roles.is_empty() {
        return Ok(());
    }
    if by_another(tx, *user) {
        if roles.iter().any(|role| role.system) {
            role::alone(tx).await?;
        }
        still_reaches(tx, &roles).await?;
    }
    for role in &roles {
        audit_log::record(tx, unassigned(*user, role).noting("reason", "account_deleted"));
    }
    unassign(tx, *user, &roles).await?;
    Ok(())
}

/// Nobody disables whose roles allow more than they hold themselves (ASVS 8.2.1), and nobody the last
/// administrator; the account is held already.
pub async fn keep_administrator(tx: &Tx, event: &users::Disabled) -> Result<(), Error> {
    let roles = role::of_user(&**tx, event.user).await?;
    if roles.is_empty() {
        return Ok(());
    }
    let administrator = roles.iter().find(|role| role.system);
    if administrator.is_some() {
        role::alone(tx).await?;
    }
    still_reaches(tx, &roles).await?;
    match administrator {
        Some(role) => somebody_else(tx, event.user, role.id).await,
        None => Ok(()),
    }
}

/// Nor does anybody let an account be used again whose roles allow more than they hold themselves. That
/// its time is over was said by who disabled it.
pub async fn keep_out(tx: &Tx, event: &users::Enabled) -> Result<(), Error> {
    if tx.caller().is_some_and(|it| it.actor == Actor::System) {
        return Ok(());
    }
    reaches_account(tx, event.user).await
}

/// Whether the caller holds all that an account's platform roles allow ([`Error::Exceeds`] else).
pub async fn reaches_account(tx: &Tx, user: UserId) -> Result<(), Error> {
    let roles = role::of_user(&**tx, user).await?;
    if roles.is_empty() { Ok(()) } else { still_reaches(tx, &roles).await }
}

/// Whether somebody does it to an account that is not their own.
fn by_another(tx: &Tx, user: UserId) -> bool {
    tx.caller().and_then(Caller::user).is_some_and(|caller| caller != user)
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

/// Whether somebody else who can sign in has this role too: their account may be used, and their
/// mailbox is proved.
async fn somebody_else(tx: &Tx, user: UserId, role: RoleId) -> Result<(), Error> {
    let usable = |other: &User| {
        other.id != user && other.status == Status::Active && other.email_verified_at.is_some()
    };
    any_holder(&**tx, role, usable).await?.then_some(()).ok_or(Error::LastAdministrator)
}

fn unassigned(user: UserId, role: &Role) -> Entry {
    let entry = Entry::of("role.unassigned", Target::new("user", user));
    entry.noting("role", role.key.as_str())
}
