//! A log as a file, a page of it at a time.

use actix_web::web::Bytes;
use kernel::{Door, Download, Problem, Scope, http::csv};
use sea_orm::DbErr;
use serde_json::{Value, json};

use super::{record, revealing};
use crate::{
    AuditEntryOut, AuditFilter, Entry, Error, ExportLine,
    digest::Digest,
    keys::Keys,
    lines::{ExportPlan, plan_export},
    models::{
        self, EntryId, EntryRow,
        seals::Seal,
        signed,
        verifications::{sealed, seals_after},
    },
    schemas::export::{Format, place},
    stored::StoredEntry,
};

/// How many entries a page has.
const PAGE: u64 = 200;

/// The columns of a table.
const HEADING: [&str; 13] = [
    "seq",
    "id",
    "created_at",
    "action",
    "outcome",
    "actor_type",
    "actor_id",
    "target_type",
    "target_id",
    "changes",
    "request_id",
    "ip",
    "user_agent",
];

/// Where an export stands.
pub enum Place {
    /// Before its first byte.
    Begin,
    /// Behind the entry of this place in the log, on the way to what is signed.
    Sealed { after: u64, until: u64, checkpoint: ExportLine },
    /// Behind this entry, on the way through all that are found.
    Found(Option<EntryId>),
    /// Behind its last line.
    End,
}

/// The file of an export that begins, which is recorded.
pub async fn begin<V: Scope>(
    door: &Door<V>,
    format: Format,
    filter: &AuditFilter,
) -> Result<Download, DbErr> {
    let entry = Entry::of("audit_log.exported", place(door.view()));
    let entry = entry.noting("format", json!(format)).noting("filter", json!(filter));
    door.run(async |tx| {
        record(tx, entry);
        Ok::<_, DbErr>(())
    })
    .await?;
    Ok(match format {
        Format::Csv => Download { media_type: "text/csv; charset=utf-8", name: "audit-log.csv" },
        Format::Ndjson => Download { media_type: "application/x-ndjson", name: "audit-log.ndjson" },
    })
}

/// The next page, and where it ends; `None` behind the last.
pub async fn page(
    view: &impl Scope,
    format: Format,
    filter: &AuditFilter,
    place: Place,
) -> Result<Option<(Bytes, Place)>, Problem> {
    Ok(match place {
        Place::Begin => Some(first(view, format, filter).await?),
        Place::Sealed { after, until, checkpoint } => {
            Some(following(view, after, until, checkpoint).await?)
        }
        Place::Found(last) => found(view, format, filter, last).await?,
        Place::End => None,
    })
}

/// The whole of a log goes by its seals, so that it can be verified; what is filtered, and a table, by
/// the entries.
async fn first(
    view: &impl Scope,
    format: Format,
    filter: &AuditFilter,
) -> Result<(Bytes, Place), Error> {
    if format == Format::Csv {
        let heading = csv::row(HEADING.map(str::to_owned));
        return Ok((heading.into(), Place::Found(None)));
    }
    if !filter.is_empty() {
        return Ok((Bytes::new(), Place::Found(None)));
    }
    let after = signed::latest_anchor(view).await?.map_or(0, |anchor| anchor.size.unsigned_abs());
    let ExportPlan { start, until, checkpoint } = plan_export(view, after).await?;
    let start = start.map(|line| written(&json!(line))).unwrap_or_default();
    Ok((start.into(), Place::Sealed { after, until, checkpoint }))
}

/// The entries behind `after`, or the last line.
async fn following(
    view: &impl Scope,
    after: u64,
    until: u64,
    checkpoint: ExportLine,
) -> Result<(Bytes, Place), Error> {
    if after >= until {
        return Ok((written(&json!(checkpoint)).into(), Place::End));
    }
    let from = i64::try_from(after).unwrap_or(i64::MAX);
    let seals = seals_after(view, from, PAGE.min(until - after)).await?;
    let end = seals.last().map(|seal| seal.seq.unsigned_abs()).ok_or(Error::Gone)?;
    let mut entries = sealed(view, &seals).await?;
    let keys = revealing(view.view(), entries.values()).await?;
    let mut page = Vec::new();
    for seal in seals {
        let entry = entries.remove(&seal.entry_id).ok_or(Error::Gone)?;
        page.extend(line(entry, &seal, &keys)?);
    }
    Ok((page.into(), Place::Sealed { after: end, until, checkpoint }))
}

async fn found(
    view: &impl Scope,
    format: Format,
    filter: &AuditFilter,
    last: Option<EntryId>,
) -> Result<Option<(Bytes, Place)>, Error> {
    let entries = models::following(view, filter, last, PAGE).await?;
    let Some(last) = entries.last().map(|entry| entry.id) else { return Ok(None) };
    let seals = models::seals_of(view, entries.iter().map(|entry| entry.id)).await?;
    let keys = revealing(view.view(), &entries).await?;
    let mut page = Vec::new();
    for entry in entries {
        match (format, seals.get(&entry.id)) {
            (Format::Csv, seal) => {
                let seq = seal.map(|seal| seal.seq);
                page.extend(cells(&AuditEntryOut::of(entry, seq, &keys)));
            }
            (Format::Ndjson, Some(seal)) => page.extend(line(entry, seal, &keys)?),
            (Format::Ndjson, None) => {} // it is too young to be proved
        }
    }
    Ok(Some((page.into(), Place::Found(Some(last)))))
}

/// What can be verified of an entry and, beside it, what is encrypted in that.
fn line(entry: EntryRow, seal: &Seal, keys: &Keys) -> Result<Vec<u8>, Error> {
    let hash = Digest::try_from(seal.hash.as_slice()).map_err(|_| Error::Gone)?;
    let stored = Box::new(StoredEntry::from(entry.clone()));
    let AuditEntryOut { changes, ip, user_agent, .. } =
        AuditEntryOut::of(entry, Some(seal.seq), keys);
    let mut line = json!(ExportLine::Entry { seq: seal.seq.unsigned_abs(), hash, entry: stored });
    if let Value::Object(members) = &mut line {
        let told = json!({ "changes": changes, "ip": ip, "user_agent": user_agent });
        members.insert("told".to_owned(), told);
    }
    Ok(written(&line))
}

fn written(line: &Value) -> Vec<u8> {
    format!("{line}\n").into_bytes()
}

fn cells(entry: &AuditEntryOut) -> Vec<u8> {
    let AuditEntryOut { id, seq, action, outcome, actor, target, changes, .. } = entry;
    let text = |text: &Option<String>| csv::neutral(text.as_deref().unwrap_or_default());
    csv::row([
        seq.map(|seq| seq.to_string()).unwrap_or_default(),
        id.to_string(),
        entry.created_at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true),
        csv::neutral(action),
        csv::neutral(outcome),
        csv::neutral(&actor.r#type),
        actor.id.to_string(),
        csv::neutral(&target.r#type),
        target.id.to_string(),
        csv::neutral(&changes.to_string()),
        csv::neutral(&entry.request_id),
        text(&entry.ip),
        text(&entry.user_agent),
    ])
}
