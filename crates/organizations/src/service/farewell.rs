//! What becomes of memberships when an account may not be used any more; the account is held.

use kernel::{OrganizationId, Tx, UserId};

use super::{invitations, members::entry, ownership::keep_an_owner};
use crate::{
    Error,
    models::{membership, organization},
    schemas::members::Recorded,
    standing,
};

/// How many organizations one statement is about.
const MANY: usize = 1000;

/// The last owner of an organization cannot be disabled.
pub async fn keep_owners(tx: &Tx, users::Disabled { user }: &users::Disabled) -> Result<(), Error> {
    leave_no_orphan(tx, *user).await
}

/// Nor deleted; who is not, belongs nowhere any more.
pub async fn forget(tx: &Tx, users::Deleted { user }: &users::Deleted) -> Result<(), Error> {
    leave_no_orphan(tx, *user).await?;
    let organizations = membership::all(tx, *user).await?;
    for organizations in organizations.chunks(MANY) {
        record(tx, *user, organizations).await?;
    }
    membership::remove_all(tx, *user).await?;
    invitations::forget(tx, *user).await?;
    Ok(roles::leave_organizations(tx, *user).await?)
}

/// A deleted organization may lose its owner: nobody restores it then.
async fn leave_no_orphan(tx: &Tx, user: UserId) -> Result<(), Error> {
    let owned = membership::owned(tx, user).await?;
    for owned in owned.chunks(MANY) {
        let held = organization::hold_all(tx, owned).await?;
        for live in held.iter().filter(|it| it.deleted_at.is_none()) {
            keep_an_owner(&tx.inside(live.id), &[user]).await?;
        }
    }
    Ok(())
}

/// Each organization's log tells that the member has gone.
async fn record(tx: &Tx, user: UserId, organizations: &[OrganizationId]) -> Result<(), Error> {
    let places = organization::places(tx, organizations);
    let mut had = roles::in_places(tx, user, places).await?;
    had.sort_by_key(|it| it.organization);
    for organization in organizations {
        let there = had.iter().filter(|it| it.organization == *organization);
        let before = Recorded::with(there.map(|it| it.known.key.as_ref().to_owned()).collect());
        let inside = tx.inside(*organization);
        standing::forget(&inside, user);
        let entry = entry("member.removed", user).noting("reason", "account_deleted");
        audit_log::record(&inside, entry.changed(&before, &Recorded::default()));
    }
    Ok(())
}
