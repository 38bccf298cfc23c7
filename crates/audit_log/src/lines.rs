//! The lines of an export that can be verified offline, for whoever sends them.

use kernel::Scope;

use crate::{
    Error,
    checkpoint::roots,
    digest::Digest,
    models::{
        seals::Seal,
        signed,
        verifications::{sealed, seals_after},
    },
    stored::{ExportLine, StoredEntry},
    tree::{Frontier, Node, Span},
};

/// What an export consists of: `start`, if there is one, the entries up to `until`, and `checkpoint`.
#[derive(Debug)]
pub struct ExportPlan {
    /// What came before the first entry; `None` where nothing did.
    pub start: Option<ExportLine>,
    /// The `seq` of the last entry.
    pub until: u64,
    /// The last line.
    pub checkpoint: ExportLine,
}

/// Plans an export of the log of this place that begins after the entry `after`, 0 being the whole, and
/// ends with what is signed.
pub async fn plan_export(view: &impl Scope, after: u64) -> Result<ExportPlan, Error> {
    let newest = signed::latest_checkpoint(view, 0).await?.ok_or(Error::NotSealed)?;
    let until = newest.size.unsigned_abs();
    if after > until {
        return Err(Error::NotSealed);
    }
    let start = match after {
        0 => None,
        _ => Some(start(view, after).await?),
    };
    Ok(ExportPlan { start, until, checkpoint: ExportLine::Checkpoint { note: newest.note } })
}

/// The lines of the entries after `after`, up to `most` of them; one that is not there breaks the export.
pub async fn exported(view: &impl Scope, after: u64, most: u64) -> Result<Vec<ExportLine>, Error> {
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let seals = seals_after(view, after, most).await?;
    let mut entries = sealed(view, &seals).await?;
    let mut line = |seal: Seal| {
        let entry = entries.remove(&seal.entry_id).ok_or(Error::Gone)?;
        let hash = Digest::try_from(seal.hash.as_slice()).map_err(|_| Error::Gone)?;
        let entry = Box::new(StoredEntry::from(entry));
        Ok(ExportLine::Entry { seq: seal.seq.unsigned_abs(), hash, entry })
    };
    seals.into_iter().map(&mut line).collect()
}

async fn start(view: &impl Scope, size: u64) -> Result<ExportLine, Error> {
    let last = i64::try_from(size).unwrap_or(i64::MAX);
    let last = seals_after(view, last - 1, 1).await?.into_iter().next().ok_or(Error::Gone)?;
    let hash = Digest::try_from(last.hash.as_slice()).map_err(|_| Error::Gone)?;
    let leaves = |node: Node| {
        let from = node.position << node.level;
        Span { from, to: from + (1 << node.level) }
    };
    let spans: Vec<_> = Span::whole(size).peaks().into_iter().map(leaves).collect();
    let peaks = roots(view, &spans).await?;
    Frontier::of(size, peaks.clone()).ok_or(Error::Gone)?;
    Ok(ExportLine::Start { size, hash, peaks })
}
