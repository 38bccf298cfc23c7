//! The sealer: gives entries that have committed their places in their organizations' logs, and signs
//! how far each log has come. Requests do not wait for it.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Duty, OrganizationId, Problem, SystemView, Tx, Watch, jobs::Pass};

use crate::{
    Error,
    checkpoint::sign_checkpoint,
    digest::Digest,
    models::{
        EntryRow,
        seals::{self, Chain, NodeRow, Seal},
    },
    stored::StoredEntry,
    tree::Frontier,
};

/// How many entries are sealed in one transaction.
const BATCH: u64 = 1024;

/// How many logs are signed in one.
const SIGNATURES: u64 = 100;

/// How long a log that grows all the time waits for its next checkpoint.
const SIGNED_EVERY: TimeDelta = TimeDelta::seconds(5);

/// Seals what waits, wherever it does.
pub struct Sealer;

impl Duty for Sealer {
    const NAME: &'static str = "audit_log.seal";
    const PAUSE: Duration = Duration::from_millis(200);

    async fn is_due(view: &SystemView) -> Result<bool, Problem> {
        let damaged = damaged::now(view);
        let waits = seals::anything_waits(view, &damaged).await.map_err(Error::from)?;
        Ok(waits || !unsigned(view, 1).await?.is_empty())
    }

    async fn perform(watch: &Watch) -> Result<Pass, Problem> {
        let sealed = seal(watch).await?;
        let signed = sign(watch).await?;
        Ok(if sealed < BATCH && signed < SIGNATURES { Pass::Done } else { Pass::More })
    }
}

/// Logs that have grown since a checkpoint of five seconds ago.
async fn unsigned(view: &SystemView, most: u64) -> Result<Vec<OrganizationId>, Error> {
    let then = view.now() - SIGNED_EVERY;
    Ok(seals::unsigned(view, then, &damaged::now(view), most).await?)
}

/// Seals the next entries; answers how many there were. Where a log is damaged the others are sealed
/// one by one, and it waits.
async fn seal(watch: &Watch) -> Result<u64, Error> {
    let view = watch.everywhere();
    let waiting = seals::waiting(&view, &damaged::now(&view), BATCH).await?;
    let count = u64::try_from(waiting.len()).unwrap_or(u64::MAX);
    let organizations: BTreeSet<_> = waiting.iter().map(|row| row.organization_id).collect();
    let Err(error) = seal_all(watch, waiting).await else { return Ok(count) };
    if !error.is_damage() {
        return Err(error);
    }
    for organization in organizations {
        let waiting = seals::waiting_in(&view, organization, BATCH).await?;
        match seal_all(watch, waiting).await {
            Err(error) if error.is_damage() => damaged::note(&view, organization, &error),
            sealed => sealed?,
        }
    }
    Ok(count)
}

/// Seals these entries: what is read and computed here is still true at the COMMIT, for nobody else
/// seals as long as the watch holds.
async fn seal_all(watch: &Watch, waiting: Vec<EntryRow>) -> Result<(), Error> {
    let organizations: BTreeSet<_> = waiting.iter().map(|row| row.organization_id).collect();
    let mut batch = Batch::default();
    for chain in seals::chains(&watch.everywhere(), &organizations).await? {
        batch.logs.insert(chain.organization_id, Log::of(&chain)?);
    }
    for row in waiting {
        batch.add(row);
    }
    if batch.seals.is_empty() {
        return Ok(());
    }
    watch.run(async |tx| batch.write(tx).await).await
}

/// Signs logs that have grown; answers how many.
async fn sign(watch: &Watch) -> Result<u64, Error> {
    let view = watch.everywhere();
    let grown = unsigned(&view, SIGNATURES).await?;
    let count = u64::try_from(grown.len()).unwrap_or(u64::MAX);
    let Err(error) = sign_all(watch, &grown).await else { return Ok(count) };
    if !error.is_damage() {
        return Err(error);
    }
    for organization in grown {
        match sign_all(watch, &[organization]).await {
            Err(error) if error.is_damage() => damaged::note(&view, organization, &error),
            signed => signed?,
        }
    }
    Ok(count)
}

async fn sign_all(watch: &Watch, organizations: &[OrganizationId]) -> Result<(), Error> {
    if organizations.is_empty() {
        return Ok(());
    }
    let organizations = organizations.iter().copied().collect();
    let chains = seals::chains(&watch.everywhere(), &organizations).await?;
    watch
        .run(async |tx| {
            for Chain { organization_id, size, .. } in &chains {
                let size = size.unsigned_abs();
                match *organization_id {
                    OrganizationId::PLATFORM => sign_checkpoint(&tx.outside(), size).await?,
                    organization => sign_checkpoint(&tx.inside(organization), size).await?,
                };
            }
            Ok(())
        })
        .await
}

/// Logs that could not be continued: they are left alone for a minute, so that they hold up no other.
mod damaged {
    use std::sync::PoisonError;

    use chrono::TimeDelta;
    use kernel::{OrganizationId, View};

    use crate::{Error, service::AuditLog};

    const LEFT_ALONE: TimeDelta = TimeDelta::minutes(1);

    pub fn now(view: &View) -> Vec<OrganizationId> {
        let mut damaged =
            view.of::<AuditLog>().damaged.lock().unwrap_or_else(PoisonError::into_inner);
        damaged.retain(|_, since| *since + LEFT_ALONE > view.now());
        damaged.keys().copied().collect()
    }

    pub fn note(view: &View, organization: OrganizationId, error: &Error) {
        tracing::error!(%organization, %error, "an audit log cannot be continued");
        let log = view.of::<AuditLog>();
        let mut damaged = log.damaged.lock().unwrap_or_else(PoisonError::into_inner);
        damaged.insert(organization, view.now());
    }
}

/// What one transaction adds.
#[derive(Default)]
struct Batch {
    logs: BTreeMap<OrganizationId, Log>,
    seals: Vec<Seal>,
    nodes: Vec<NodeRow>,
}

/// How far a log is.
#[derive(Default)]
struct Log {
    hash: Option<Digest>,
    tree: Frontier,
}

impl Log {
    fn of(chain: &Chain) -> Result<Self, Error> {
        let broken = || Error::Broken(chain.organization_id);
        let digest = |bytes: &[u8]| Digest::try_from(bytes).map_err(|_| broken());
        let peaks: Result<Vec<_>, _> = chain.peaks.chunks(32).map(digest).collect();
        let tree = Frontier::of(chain.size.unsigned_abs(), peaks?).ok_or_else(broken)?;
        Ok(Self { hash: Some(digest(&chain.hash)?), tree })
    }
}

impl Batch {
    fn add(&mut self, row: EntryRow) {
        let (organization_id, entry_id) = (row.organization_id, row.id);
        let log = self.logs.entry(organization_id).or_default();
        let hash = StoredEntry::from(row).link(log.hash.unwrap_or(Digest::NONE));
        log.hash = Some(hash);
        log.tree.push(hash, |node, hash| {
            self.nodes.push(NodeRow {
                organization_id,
                level: node.level.into(),
                position: number(node.position),
                hash: hash.0.to_vec(),
            });
        });
        let seq = number(log.tree.size());
        self.seals.push(Seal { organization_id, seq, entry_id, hash: hash.0.to_vec() });
    }

    async fn write(self, tx: &Tx) -> Result<(), Error> {
        seals::insert_seals(tx, self.seals).await?;
        seals::insert_nodes(tx, self.nodes).await?;
        let chains = self.logs.into_iter().map(|(organization_id, log)| Chain {
            organization_id,
            size: number(log.tree.size()),
            hash: log.hash.unwrap_or(Digest::NONE).0.to_vec(),
            peaks: log.tree.peaks().iter().flat_map(|peak| peak.0).collect(),
            signed_size: 0,
            signed_at: DateTime::<Utc>::UNIX_EPOCH,
        });
        seals::save_chains(tx, chains.collect()).await?;
        Ok(())
    }
}

fn number(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}
