//! Organizations that were deleted long ago are erased, with everything in them.

use kernel::{Job, JobContext, OrgTx, OrganizationId, Problem};
use serde::{Deserialize, Serialize};

use super::organizations::entry;
use crate::{
    Erased, Error,
    models::{invitation, membership, organization},
    standing,
};

const BATCH: u64 = 1000;

/// Erases the organizations that nobody can restore any more.
#[derive(Default, Serialize, Deserialize)]
pub struct Erase {}

impl Job for Erase {
    const KIND: &'static str = "organizations.erase";

    fn unique_key(&self) -> String {
        Self::KIND.to_owned()
    }

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let everywhere = context.everywhere();
        let mut after = None;
        loop {
            let due = organization::due(&everywhere, after, BATCH).await?;
            for organization in &due {
                // One that cannot go now is tried again in an hour, and keeps no other.
                if let Err(error) = erase(context, *organization).await {
                    tracing::error!(%organization, %error, "an organization cannot be erased");
                }
            }
            let Some(last) = due.last() else { return Ok(()) };
            after = Some(*last);
        }
    }
}

async fn erase(context: &JobContext, organization: OrganizationId) -> Result<(), Error> {
    while !erased(context, organization).await? {}
    Ok(())
}

/// One transaction of it; the last one removes the organization itself.
async fn erased(context: &JobContext, organization: OrganizationId) -> Result<bool, Error> {
    let door = context.door();
    door.run(async |tx| {
        let tx = &tx.inside(organization);
        let Some(held) = organization::hold_any(tx).await? else { return Ok(true) };
        if held.erase_at.is_none_or(|erase_at| erase_at > tx.now()) {
            return Ok(true);
        }
        if held.erase_at != held.deleted_at {
            organization::begin_to_erase(tx).await?;
        }
        if invitation::erase(tx, BATCH).await? > 0
            || membership::erase(tx, BATCH).await? > 0
            || roles::erase_assignments(tx, BATCH).await? > 0
            || settings::forget_organization(tx, BATCH).await? > 0
        {
            return Ok(false);
        }
        finish(tx).await?;
        Ok(true)
    })
    .await
}

async fn finish(tx: &OrgTx) -> Result<(), Error> {
    tx.tell(&Erased { organization: tx.org() }).await?;
    notifications::forget_organization(tx).await?;
    roles::erase(tx).await?;
    organization::remove(tx).await?;
    standing::look_again(tx);
    audit_log::record(tx, entry("organization.erased", tx.org()));
    Ok(())
}
