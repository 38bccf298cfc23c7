//! Nobody gives, takes or changes what they do not hold themselves (ASVS 8.2.1).
//!
//! What a request is known to allow was read before it waited for others. Whoever writes asks again
//! here, after what they change is held (ASVS 8.3.2).

use kernel::{OrgView, Permission, Permissions, Scope, Tx};

use crate::{
    Error, Relying, Role, models::role, permissions::organization::Write, system::allowed,
};

/// Whether the caller may give and take these roles: who holds all that they allow
/// ([`Error::Exceeds`] else).
pub fn within_reach<V: Scope>(view: &V, roles: &[Role]) -> Result<(), Error> {
    covers(view.permissions(), all_of(view, roles))
}

/// Whether who holds these permissions may give and take these roles ([`Error::Exceeds`] else).
pub fn reaches(view: &OrgView, held: Permissions, roles: &[Role]) -> Result<(), Error> {
    covers(held, all_of(view, roles))
}

/// Whether the caller still holds all that these roles allow.
pub async fn still_reaches<V: Scope>(tx: &Tx<V>, roles: &[Role]) -> Result<(), Error> {
    still_holds(tx, all_of(&**tx, roles)).await
}

/// Whether the caller still may write roles, and holds all that these allow.
pub async fn still_writes<V: Scope>(tx: &Tx<V>, roles: &[Role]) -> Result<(), Error> {
    still_holds(tx, all_of(&**tx, roles).or(writing(&**tx))).await
}

/// The same of permissions, by their keys.
pub async fn still_writes_keys<V: Scope>(tx: &Tx<V>, keys: &[String]) -> Result<(), Error> {
    let keys = tx.view().catalogue().set(V::NAME, keys.iter().map(String::as_str));
    still_holds(tx, keys.or(writing(&**tx))).await
}

/// The standing in an organization is known above, and asked for by an event.
async fn still_holds<V: Scope>(tx: &Tx<V>, needed: Permissions) -> Result<(), Error> {
    covers(tx.permissions(), needed)?;
    if let Some(organization) = tx.organization() {
        return Ok(tx.tell(&Relying { organization, permissions: needed }).await?);
    }
    let view = tx.view();
    let caller = view.caller().ok_or(Error::Exceeds)?;
    let user = caller.user().ok_or(Error::Exceeds)?;
    let roles = role::of_user(&*tx.outside(), user).await?;
    covers(caller.bounded(all_of(view, &roles)), needed)
}

fn writing<V: Scope>(view: &V) -> Permissions {
    // It is called the same on the platform and in an organization.
    view.view().catalogue().set(V::NAME, [Write::KEY])
}

fn all_of<V: Scope>(view: &V, roles: &[Role]) -> Permissions {
    let all = roles.iter().map(|role| allowed(view.view(), role));
    all.fold(Permissions::default(), Permissions::or)
}

fn covers(held: Permissions, needed: Permissions) -> Result<(), Error> {
    held.covers(needed).then_some(()).ok_or(Error::Exceeds)
}
