//! Checkpoints: what a log is at some size, signed and kept; and anchors: up to where its entries may be
//! gone.

use std::collections::BTreeSet;

use kernel::{OrganizationId, Scope, Tx};

use crate::{
    Error,
    digest::Digest,
    models::{
        seals,
        signed::{self, AnchorRow, CheckpointRow},
    },
    note::Head,
    signing::{Signer, origin},
    tree::{Span, joined, merged},
};

/// What the origin of an anchor ends with, so that no checkpoint passes for one.
pub const ANCHOR: &str = "/anchor";

/// Signs what the log of this place was when it had `size` entries and keeps it, in the caller's
/// transaction; what is kept of that size already is answered as it is. No log has been of a size of
/// none, or of more than are sealed.
pub async fn sign_checkpoint<V: Scope>(tx: &Tx<V>, size: u64) -> Result<CheckpointRow, Error> {
    let number = lock(tx, size).await?;
    if let Some(kept) = signed::checkpoint_at(&**tx, number).await? {
        return Ok(kept);
    }
    let head = head(tx, origin(&**tx), size).await?;
    let row = CheckpointRow {
        organization_id: place(tx),
        size: number,
        root: head.root.0.to_vec(),
        note: Signer::current(tx.view()).await?.sign(&head),
        created_at: tx.view().now(),
    };
    signed::insert_checkpoint(tx, row.clone()).await?;
    Ok(row)
}

/// Signs that the first `size` entries of the log of this place were kept long enough, in the caller's
/// transaction, which may remove them: a verification passes over what is gone of them, for their seals
/// stay. What is kept of that size, or a larger one, already is answered as it is.
pub async fn sign_anchor<V: Scope>(tx: &Tx<V>, size: u64) -> Result<AnchorRow, Error> {
    let number = lock(tx, size).await?;
    if let Some(kept) = signed::latest_anchor(&**tx).await?.filter(|kept| kept.size >= number) {
        return Ok(kept);
    }
    let head = head(tx, format!("{}{ANCHOR}", origin(&**tx)), size).await?;
    let row = AnchorRow {
        organization_id: place(tx),
        size: number,
        root: head.root.0.to_vec(),
        note: Signer::current(tx.view()).await?.sign(&head),
        created_at: tx.view().now(),
    };
    signed::insert_anchor(tx, row.clone()).await?;
    Ok(row)
}

/// Has others who sign for the same log wait; answers the size as it is stored.
async fn lock<V: Scope>(tx: &Tx<V>, size: u64) -> Result<i64, Error> {
    let chain = seals::chain_for_change(tx).await?.ok_or(Error::NotSealed)?;
    let number = i64::try_from(size).ok().filter(|size| (1..=chain.size).contains(size));
    number.ok_or(Error::NotSealed)
}

async fn head<V: Scope>(tx: &Tx<V>, origin: String, size: u64) -> Result<Head, Error> {
    let root = roots(&**tx, &[Span::whole(size)]).await?.into_iter().next();
    Ok(Head { origin, size, root: root.ok_or(Error::NotSealed)? })
}

fn place<V: Scope>(tx: &Tx<V>) -> OrganizationId {
    tx.organization().unwrap_or(OrganizationId::PLATFORM)
}

/// The roots above these leaves, from what is stored of this place's tree: two statements at the most.
pub async fn roots(view: &impl Scope, spans: &[Span]) -> Result<Vec<Digest>, Error> {
    let peaks: Vec<_> = spans.iter().map(|span| span.peaks()).collect();
    let needed: BTreeSet<_> = peaks.iter().flatten().flat_map(|node| node.stored()).collect();
    let found = seals::hashes(view, &needed).await?;
    let root = |peaks: &Vec<crate::tree::Node>| {
        let peak = |node: &crate::tree::Node| {
            let parts: Option<Vec<_>> = node.stored().map(|it| found.get(&it).copied()).collect();
            parts.map(merged).ok_or(Error::Gone)
        };
        Ok(joined(&peaks.iter().map(peak).collect::<Result<Vec<_>, Error>>()?))
    };
    peaks.iter().map(root).collect()
}
