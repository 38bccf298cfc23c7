//! Finding out whether a log is what was sealed: all of it in the database, in the background, or an
//! export offline.

pub mod export;
pub mod job;
pub mod walk;

use chrono::TimeDelta;
use kernel::{OrganizationId, Scope, Tx};

use crate::{
    Entry, Error, Target,
    models::verifications::{self, State, Verification, VerificationId},
    note::Head,
    service::record,
    verify::job::Verify,
};

/// After how long without a sign of life another may be begun.
const PATIENCE: TimeDelta = TimeDelta::minutes(10);

/// Begins to verify the log of this place; a checkpoint that was kept elsewhere must hold, too.
pub async fn begin<V: Scope>(tx: &Tx<V>, note: Option<String>) -> Result<Verification, Error> {
    let now = tx.view().now();
    if verifications::any_running(&**tx, now - PATIENCE).await? {
        return Err(Error::VerificationUnderWay);
    }
    if let Some(note) = &note {
        Head::read(note).map_err(|_| Error::NoCheckpoint)?;
    }
    let row = Verification {
        id: tx.view().id(),
        organization_id: tx.organization().unwrap_or(OrganizationId::PLATFORM),
        note,
        state: State::Running,
        size: verifications::size(&**tx).await?,
        checked: 0,
        first_bad_seq: None,
        reason: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    verifications::insert(tx, row.clone()).await?;
    tx.enqueue(&Verify { id: row.id })?;
    let target = Target::new("audit_log_verification", row.id);
    record(tx, Entry::of("audit_log.verification_begun", target));
    Ok(row)
}

/// How far a verification is.
pub async fn read(view: &impl Scope, id: VerificationId) -> Result<Verification, Error> {
    verifications::by_id(view, id).await?.ok_or(Error::NotFound)
}
