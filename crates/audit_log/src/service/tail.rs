//! A log as it grows, for who listens: by its seals, so that what commits late is not skipped.

use kernel::{Events, Problem, Scope, ServerEvent};

use super::shown_as;
use crate::{
    Error,
    models::{
        seals,
        verifications::{sealed, seals_after},
    },
};

/// How many entries are told at once.
const PAGE: u64 = 100;

/// How much of a log somebody has heard.
pub struct Tail {
    heard: i64,
}

/// For who has last heard the event of this id; who has heard none, or one that is not of this log,
/// hears what happens from now on.
pub async fn listen(view: &impl Scope, last: Option<String>) -> Result<Tail, Error> {
    let size = seals::chain(view).await?.map_or(0, |chain| chain.size);
    let heard = last.and_then(|id| id.parse().ok()).filter(|seq| (0..=size).contains(seq));
    Ok(Tail { heard: heard.unwrap_or(size) })
}

impl<V: Scope> Events<V> for Tail {
    async fn next(&mut self, view: &V) -> Result<Option<Vec<ServerEvent>>, Problem> {
        let seals = seals_after(view, self.heard, PAGE).await.map_err(Error::from)?;
        let Some(last) = seals.last().map(|seal| seal.seq) else { return Ok(Some(Vec::new())) };
        let mut entries = sealed(view, &seals).await.map_err(Error::from)?;
        // What was kept long enough is not there any more.
        let rows = seals.iter().filter_map(|seal| entries.remove(&seal.entry_id));
        let seqs = seals.iter().map(|seal| (seal.entry_id, seal.seq)).collect();
        let told = shown_as(view.view(), rows.collect(), &seqs).await?;
        self.heard = last;
        let event = |entry: &crate::AuditEntryOut| {
            ServerEvent::new(entry.seq.unwrap_or_default(), "entry", entry)
        };
        told.iter().map(event).collect::<Result<_, _>>().map(Some)
    }
}
