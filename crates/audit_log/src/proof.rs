//! Proofs: that an entry is in a log that was signed, and that a log has only grown (RFC 9162).

use kernel::Scope;

use crate::{
    Error,
    checkpoint::roots,
    digest::Digest,
    models::{
        self, EntryId, seals,
        signed::{self, CheckpointRow},
        verifications::{seal_of, seals_after},
    },
    note::PublicKey,
    schemas::proofs::{CheckpointOut, ConsistencyProofOut, InclusionProofOut, SigningKeyOut},
    signing::public_keys,
    stored::StoredEntry,
    tree::{Span, consistency, inclusion},
};

/// The newest checkpoint of this place's log.
pub async fn latest(view: &impl Scope) -> Result<CheckpointOut, Error> {
    let newest = signed::latest_checkpoint(view, 0).await?.ok_or(Error::NotFound)?;
    shown(view, newest).await
}

/// Proves that an entry of this place is in its log as the newest checkpoint signs it.
pub async fn of_entry(view: &impl Scope, id: EntryId) -> Result<InclusionProofOut, Error> {
    let stored = models::by_id(view, id).await?;
    let seal = match (seal_of(view, id).await?, &stored) {
        (Some(seal), _) => seal,
        (None, Some(_)) => return Err(Error::NotSealed),
        (None, None) => return Err(Error::NotFound),
    };
    let newest = signed::latest_checkpoint(view, seal.seq).await?.ok_or(Error::NotSealed)?;
    let size = newest.size.unsigned_abs();
    let spans = inclusion(seal.seq.unsigned_abs() - 1, size);
    let before = seals_after(view, seal.seq - 2, 1).await?;
    let before = before.first().filter(|before| before.seq == seal.seq - 1);
    let hash = digest(&seal.hash)?;
    Ok(InclusionProofOut {
        seq: seal.seq.unsigned_abs(),
        entry: stored.map(StoredEntry::from),
        previous_hash: before.map_or(Ok(Digest::NONE), |before| digest(&before.hash))?,
        hash,
        leaf_hash: Digest::leaf(hash),
        path: roots(view, &spans).await?,
        checkpoint: shown(view, newest).await?,
    })
}

/// Proves that the log of this place, when it had `to` entries, began as it was when it had `from`.
pub async fn between(view: &impl Scope, from: u64, to: u64) -> Result<ConsistencyProofOut, Error> {
    if from == 0 || from > to {
        return Err(Error::Sizes);
    }
    let sealed = seals::chain(view).await?.map_or(0, |chain| chain.size.unsigned_abs());
    if to > sealed {
        return Err(Error::NotSealed);
    }
    let mut spans = vec![Span::whole(from), Span::whole(to)];
    spans.extend(consistency(from, to));
    let mut roots = roots(view, &spans).await?.into_iter();
    let mut root = || roots.next().ok_or(Error::Gone);
    let (from_root, to_root) = (root()?, root()?);
    Ok(ConsistencyProofOut { from, from_root, to, to_root, path: roots.collect() })
}

/// The keys that sign checkpoints, the newest first.
pub async fn keys(view: &impl Scope) -> Result<Vec<SigningKeyOut>, Error> {
    let keys = signed::signing_keys(view.view()).await?;
    Ok(keys.into_iter().map(SigningKeyOut::from).collect())
}

async fn shown(view: &impl Scope, row: CheckpointRow) -> Result<CheckpointOut, Error> {
    let keys = public_keys(view).await?;
    let signs = |key: &&PublicKey| key.verify(&row.note).is_ok();
    let key = keys.iter().find(signs).map(PublicKey::to_string);
    Ok(CheckpointOut {
        size: row.size.unsigned_abs(),
        root: digest(&row.root)?,
        note: row.note,
        public_key: key,
        created_at: row.created_at,
    })
}

fn digest(bytes: &[u8]) -> Result<Digest, Error> {
    Digest::try_from(bytes).map_err(|_| Error::Gone)
}
