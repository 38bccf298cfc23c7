//! Who belongs to an organization.
//!
//! Whatever changes it begins by holding the organization, so that owners and seats are counted by
//! one after the other; who is to join or may become an owner has their account held before. An
//! account that goes holds only the organizations it owns: so who ends or changes a membership holds
//! its row before its roles, in the same order, and neither waits for the other.

use std::collections::HashMap;

use audit_log::{Entry, Target};
use kernel::{Caller, Merge, OrgTx, OrgView, PageOf, Permission, UserId, db::PageRequest};
use notifications::Notice;
use roles::{Role, RoleId};
use serde_json::json;
use users::User;

use super::{organizations::who, ownership::keep_an_owner};
use crate::{
    Error, WriteMembers,
    config::seats,
    mails::name,
    models::{
        membership::{self, Membership},
        organization::{self, Organization},
    },
    schemas::members::{MemberIn, MemberOut, Recorded, keys},
    standing, topics,
};

/// A page of an organization's members.
pub async fn list(view: &OrgView, page: &PageRequest) -> Result<PageOf<MemberOut>, Error> {
    let PageOf { items, next_cursor, prev_cursor, total } = membership::page(view, page).await?;
    Ok(PageOf { items: shown(view, &items).await?, next_cursor, prev_cursor, total })
}

/// A member.
pub async fn read(view: &OrgView, user: UserId) -> Result<MemberOut, Error> {
    let membership = membership::of(view, user).await?.ok_or(Error::NotFound)?;
    shown(view, &[membership]).await?.pop().ok_or(Error::NotFound)
}

/// Makes an account a member with these roles. Account and organization are held, for there are only
/// so many seats.
pub async fn join(tx: &OrgTx, user: UserId, roles: &[RoleId]) -> Result<Membership, Error> {
    if let Some(seats) = seats(tx).await?
        && membership::count(tx).await? >= seats
    {
        return Err(Error::SeatLimitReached);
    }
    let membership = membership::insert(tx, user).await?;
    roles::set(tx, user, roles).await?;
    standing::forget(tx, user);
    let recorded = Recorded::with(keys(&of(tx, user).await?));
    // Whoever joins while they register is not signed in yet.
    audit_log::record(tx, entry("member.added", user).by(user).created(&recorded));
    Ok(membership)
}

/// Gives a member other roles, if the caller holds all that these and the ones before allow
/// (ASVS 8.2.1, 8.3.1).
pub async fn update(tx: &OrgTx, user: UserId, patch: Merge<MemberIn>) -> Result<MemberOut, Error> {
    let account = hold(tx, user).await?;
    let organization = organization::hold(tx).await?;
    let may = standing::confirm(tx, WriteMembers::KEY).await?;
    let membership = membership::changing(tx, user).await?;
    let had = of(tx, user).await?;
    let wanted = patch.onto(&MemberIn { roles: keys(&had) })?.roles;
    let mut given = roles::named(&**tx, &wanted).await?;
    given.sort_by_key(|role| role.id);
    if given == had {
        return Ok(MemberOut::of(&membership, account, &had));
    }
    roles::reaches(tx, may, &[&had[..], &given[..]].concat())?;
    if had.iter().any(roles::owns) && !given.iter().any(roles::owns) {
        keep_an_owner(tx, &[user]).await?;
    }
    let membership = change(tx, membership, &had, &given).await?;
    tell(tx, user, &organization, &given)?;
    Ok(MemberOut::of(&membership, account, &given))
}

/// Removes a member, if the caller holds all that their roles allow.
pub async fn remove(tx: &OrgTx, user: UserId) -> Result<(), Error> {
    organization::hold(tx).await?;
    let may = standing::confirm(tx, WriteMembers::KEY).await?;
    membership::changing(tx, user).await?;
    let had = of(tx, user).await?;
    roles::reaches(tx, may, &had)?;
    end(tx, user, &had).await
}

/// Ends the membership of who asks.
pub async fn leave(tx: &OrgTx) -> Result<(), Error> {
    let user = who(tx)?;
    organization::hold(tx).await?;
    membership::changing(tx, user).await?;
    let had = of(tx, user).await?;
    end(tx, user, &had).await
}

/// Writes down that a member has these roles instead of those.
pub async fn change(
    tx: &OrgTx,
    membership: Membership,
    had: &[Role],
    given: &[Role],
) -> Result<Membership, Error> {
    let user = membership.user_id;
    let ids: Vec<RoleId> = given.iter().map(|role| role.id).collect();
    roles::set(tx, user, &ids).await?;
    let membership = membership::touch(tx, membership).await?;
    standing::forget(tx, user);
    let (before, after) = (Recorded::with(keys(had)), Recorded::with(keys(given)));
    audit_log::record(tx, entry("member.updated", user).changed(&before, &after));
    Ok(membership)
}

/// Notifies a member of their new roles, unless they have changed them themselves.
fn tell(
    tx: &OrgTx,
    user: UserId,
    organization: &Organization,
    given: &[Role],
) -> Result<(), Error> {
    if tx.caller().and_then(Caller::user) == Some(user) {
        return Ok(());
    }
    let values = json!({ "organization": name(&organization.name), "roles": keys(given) });
    Ok(notifications::notify(tx, user, &topics::ROLES_CHANGED, Notice::of(values))?)
}

/// What a member has, the oldest role first.
pub async fn of(view: &OrgView, user: UserId) -> Result<Vec<Role>, Error> {
    Ok(roles::held_by(view, &[user]).await?.remove(&user).unwrap_or_default())
}

/// A member's account, kept from others; to who asks for one that is not there it is no member.
pub async fn hold(tx: &OrgTx, user: UserId) -> Result<User, Error> {
    match users::hold(tx, user).await {
        Err(users::Error::NotFound) => Err(Error::NotFound),
        account => Ok(account?),
    }
}

/// An entry about a member.
pub fn entry(action: &'static str, user: UserId) -> Entry {
    Entry::of(action, Target::new("member", user)).about(user)
}

async fn end(tx: &OrgTx, user: UserId, had: &[Role]) -> Result<(), Error> {
    if had.iter().any(roles::owns) {
        keep_an_owner(tx, &[user]).await?;
    }
    roles::set(tx, user, &[]).await?;
    membership::remove(tx, user).await?;
    standing::forget(tx, user);
    let before = Recorded::with(keys(had));
    audit_log::record(tx, entry("member.removed", user).changed(&before, &Recorded::default()));
    Ok(())
}

/// Members with their accounts and roles: two statements, however many they are.
async fn shown(view: &OrgView, memberships: &[Membership]) -> Result<Vec<MemberOut>, Error> {
    let ids: Vec<UserId> = memberships.iter().map(|it| it.user_id).collect();
    let accounts = users::by_ids(view, &ids).await?;
    let mut accounts: HashMap<_, _> = accounts.into_iter().map(|it| (it.id, it)).collect();
    let roles = roles::held_by(view, &ids).await?;
    let member = |membership: &Membership| {
        let roles = roles.get(&membership.user_id).map_or(&[][..], Vec::as_slice);
        Some(MemberOut::of(membership, accounts.remove(&membership.user_id)?, roles))
    };
    Ok(memberships.iter().filter_map(member).collect())
}
