//! Every organization has an owner whose account may be used.

use kernel::{OrgTx, UserId};
use users::{Status, User};

use super::{
    members::{change, hold, of},
    organizations::{entry, who},
};
use crate::{
    Error,
    models::{membership, organization},
};

/// Whether the organization, which is held, has an owner without these. Whether they have proved their
/// mailbox is not asked: nobody becomes a member before, and they can always do so themselves.
pub async fn keep_an_owner(tx: &OrgTx, without: &[UserId]) -> Result<(), Error> {
    let usable = |owner: &User| !without.contains(&owner.id) && owner.status == Status::Active;
    roles::any_owner(tx, usable).await?.then_some(()).ok_or(Error::LastOwner)
}

/// Hands the organization on: the other becomes its owner, and who asks is one no more.
pub async fn transfer(tx: &OrgTx, to: UserId) -> Result<(), Error> {
    let me = who(tx)?;
    let active = match hold(tx, to).await {
        Err(Error::NotFound) => false,
        account => account?.status == Status::Active && to != me,
    };
    organization::hold(tx).await?;
    let mine = membership::changing(tx, me).await?;
    let theirs = membership::of(tx, to).await?.filter(|_| active);
    let theirs = theirs.ok_or(Error::NoHeir)?;
    let (had, they_had) = (of(tx, me).await?, of(tx, to).await?);
    // Another transfer may have been faster.
    let owner = had.iter().find(|role| roles::owns(role)).ok_or(roles::Error::Exceeds)?;

    let mut left: Vec<_> = had.iter().filter(|role| !roles::owns(role)).cloned().collect();
    if left.is_empty() {
        left = roles::named(&**tx, &["admin".to_owned()]).await?;
    }
    change(tx, mine, &had, &left).await?;
    if !they_had.contains(owner) {
        let given = [std::slice::from_ref(owner), &they_had].concat();
        change(tx, theirs, &they_had, &given).await?;
    }
    let handed_on = entry("organization.ownership_transferred", tx.org());
    audit_log::record(tx, handed_on.noting("from", me.to_string()).noting("to", to.to_string()));
    Ok(())
}
