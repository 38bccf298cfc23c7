//! Keeping a log for as long as its organization wants it, and no longer: whole months, and never
//! before an anchor says, signed, what the log was up to there.

use chrono::{DateTime, Datelike, Months, NaiveTime, Utc};
use kernel::{
    Door, Job, JobContext, OrganizationId, Problem, Scope, Setting, SettingScope, Tx, View,
    settings::Whole,
};
use sea_orm::prelude::Uuid;
use serde::{Deserialize, Serialize};

use crate::{
    Entry, Error,
    checkpoint::sign_anchor,
    models::{months, pruning, signed},
    order,
    schemas::export::place,
    service::record,
};

/// How many entries are removed at once.
const BATCH: u32 = 1000;

/// How many logs are looked at together.
const LOGS: u64 = 100;

/// For how many months entries are kept.
pub static RETENTION_MONTHS: Setting<Whole> = Setting {
    key: "audit_log.retention_months",
    sentence: "For how many whole months entries of the audit log are kept beside the current one; 0 \
               keeps them for ever. What is removed is anchored first, so that the rest can still be \
               verified.",
    kind: Whole { least: 0, most: 240 },
    default: 0,
    scopes: &[SettingScope::Platform, SettingScope::Organization],
};

/// Removes what was kept long enough, everywhere.
#[derive(Default, Serialize, Deserialize)]
pub struct Prune {}

impl Job for Prune {
    const KIND: &'static str = "audit_log.prune";

    fn unique_key(&self) -> String {
        Self::KIND.to_owned()
    }

    async fn run(self, context: &JobContext) -> Result<(), Problem> {
        let (door, mut pruned, mut last) = (context.door(), Vec::new(), OrganizationId::PLATFORM);
        if let Some(old) = door.run(async |tx| anchored(tx).await).await? {
            pruned.push((None, old));
        }
        loop {
            let logs = pruning::logs_after(&context.everywhere(), last, LOGS).await?;
            let Some(end) = logs.last() else { break };
            last = *end;
            for log in logs {
                if let Some(old) = door.run(async |tx| anchored(&tx.inside(log)).await).await? {
                    pruned.push((Some(log), old));
                }
            }
        }
        if let Some(older) = pruned.iter().map(|(_, old)| old.older).max() {
            drop_months(&door, older).await;
        }
        for (log, old) in pruned {
            while door.run(async |tx| remove(tx, log, &old).await).await? >= u64::from(BATCH) {}
        }
        Ok(())
    }
}

/// What may be removed of a log: entries with lesser ids, up to the anchor.
struct Old {
    older: Uuid,
    anchor: i64,
}

/// Anchors what the log of this place has kept long enough; `None` where nothing has been.
async fn anchored<V: Scope>(tx: &Tx<V>) -> Result<Option<Old>, Error> {
    let kept = RETENTION_MONTHS.of(&**tx).await?;
    let Some(before) = begin_of_months(tx.view().now(), kept) else { return Ok(None) };
    let older = order::first(before);
    if !pruning::any_before(&**tx, older).await? {
        return Ok(None);
    }
    let Some(anchor) = pruning::last_before(&**tx, older).await? else { return Ok(None) };
    if signed::latest_anchor(&**tx).await?.is_none_or(|known| known.size < anchor) {
        sign_anchor(tx, anchor.unsigned_abs()).await?;
        let entry = Entry::of("audit_log.pruned", place(&**tx));
        record(tx, entry.noting("up_to_seq", anchor).noting("months", kept));
    }
    Ok(Some(Old { older, anchor }))
}

/// The beginning of the first month that is kept; `None` where all are.
fn begin_of_months(now: DateTime<Utc>, kept: i64) -> Option<DateTime<Utc>> {
    let kept = u32::try_from(kept).ok().filter(|kept| *kept > 0)?;
    let month = now.date_naive().with_day(1)?.checked_sub_months(Months::new(kept))?;
    Some(month.and_time(NaiveTime::MIN).and_utc())
}

/// Where the database has partitions, whole months go at once. That others are in the way of it is no
/// failure: what is left goes by the row.
async fn drop_months(door: &Door<View>, older: Uuid) {
    if let Err(error) = door.run(async |tx| months::drop_before(tx, older).await).await {
        tracing::warn!(%error, "no month of the audit log is dropped; its entries are removed");
    }
}

async fn remove(tx: &Tx, log: Option<OrganizationId>, old: &Old) -> Result<u64, Error> {
    let Old { older, anchor } = *old;
    Ok(match log {
        Some(log) => pruning::prune(&tx.inside(log), older, anchor, BATCH).await?,
        None => pruning::prune(tx, older, anchor, BATCH).await?,
    })
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn whole_months_are_kept_beside_the_current_one() {
        let at = |y, m, d, h| Utc.with_ymd_and_hms(y, m, d, h, 0, 0).unwrap();
        let now = at(2027, 3, 31, 23);
        assert_eq!(begin_of_months(now, 0), None);
        assert_eq!(begin_of_months(now, 1), Some(at(2027, 2, 1, 0)));
        assert_eq!(begin_of_months(now, 3), Some(at(2026, 12, 1, 0)));
        assert_eq!(begin_of_months(now, 240), Some(at(2007, 3, 1, 0)));
    }
}
