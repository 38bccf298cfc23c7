//! Imports: a file is received in pieces, then taken into the catalogue a slice at a time.
//!
//! `receive` keeps the file, `read` cuts the next rows out of it, `plan` finds out what they would do,
//! `apply` does it in one short transaction, `job` goes from slice to slice, `progress` tells who
//! listens, `purge` removes what is old.

pub mod apply;
pub mod job;
pub mod plan;
pub mod progress;
pub mod purge;
pub mod read;
pub mod receive;

use audit_log::{Entry, Target};
use kernel::{Actor, OrgTx, OrgView, PageOf, db::PageRequest};
use notifications::Notice;
use sea_orm::ActiveValue::Set;
use serde_json::json;

use crate::{
    Error,
    models::imports::{self, Import, ImportId, State},
    schemas::imports::{ImportDetailsOut, RecordedImport, RowFaultOut},
    topics::IMPORT_ENDED,
};

/// How many rows that failed an import is shown with.
const SHOWN: u64 = 20;

/// A page of the organization's imports.
pub async fn list(view: &OrgView, page: &PageRequest) -> Result<PageOf<Import>, Error> {
    Ok(imports::page(view, page).await?)
}

/// An import, with the first rows that failed.
pub async fn read(view: &OrgView, id: ImportId) -> Result<ImportDetailsOut, Error> {
    let import = imports::by_id(view, id).await?.ok_or(Error::NotFound)?;
    let errors = match import.failed {
        0 => Vec::new(),
        _ => imports::first_faults(view, id, SHOWN).await?,
    };
    let errors = errors.into_iter().map(RowFaultOut::from).collect();
    Ok(ImportDetailsOut { import: import.into(), errors })
}

/// A page of an import's rows that failed.
pub async fn faults(
    view: &OrgView,
    id: ImportId,
    page: &PageRequest,
) -> Result<PageOf<RowFaultOut>, Error> {
    imports::by_id(view, id).await?.ok_or(Error::NotFound)?;
    Ok(imports::faults(view, id, page).await?.map(RowFaultOut::from))
}

/// Stops an import: no row is done any more, and what is done stays done.
pub async fn cancel(tx: &OrgTx, id: ImportId) -> Result<Import, Error> {
    let before = imports::changing(tx, id).await?;
    if !before.is_open() {
        return Err(Error::ImportOver);
    }
    let recorded = RecordedImport::from(&before);
    let after = end(tx, before, State::Cancelled, None).await?;
    let entry = entry("product_import.cancelled", id);
    audit_log::record(tx, entry.changed(&recorded, &RecordedImport::from(&after)));
    Ok(after)
}

/// Ends an import, which is locked; what is left of its file goes.
pub async fn end(
    tx: &OrgTx,
    import: Import,
    state: State,
    failure: Option<&str>,
) -> Result<Import, Error> {
    imports::eat(tx, import.id, i32::MAX).await?;
    let failure = failure.map(str::to_owned);
    let ended = imports::save(tx, import, |row| {
        row.state = Set(state);
        row.failure = Set(failure);
    });
    let ended = ended.await?;
    if state != State::Cancelled {
        tell(tx, &ended)?;
    }
    Ok(ended)
}

/// Notifies who began it.
fn tell(tx: &OrgTx, import: &Import) -> Result<(), Error> {
    let Actor::User(user) = import.actor() else { return Ok(()) };
    let values = json!({
        "import_id": import.id,
        "state": import.state,
        "created": import.created,
        "updated": import.updated,
        "failed": import.failed,
    });
    let notice = Notice::of(values).once(import.id.to_string());
    Ok(notifications::notify(tx, user, &IMPORT_ENDED, notice)?)
}

fn entry(action: &'static str, id: ImportId) -> Entry {
    Entry::of(action, Target::new("product_import", id))
}
