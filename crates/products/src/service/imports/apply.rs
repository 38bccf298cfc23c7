//! What some rows do, in one short transaction: products, audit entries, rows that failed, how far the
//! import is, and the job that goes on.

use std::collections::HashMap;

use kernel::{OrgTx, Refusal};
use sea_orm::{ActiveValue::Set, DbErr};
use serde_json::json;

use super::{
    end,
    job::ImportSlice,
    plan::{Plan, Step},
    read::{Rest, piece_of},
};
use crate::{
    Error,
    models::{
        self,
        imports::{self, Columns, Import, RowFault, State},
    },
};

/// How many rows that failed are kept of an import; the others are only counted.
const KEPT: i64 = 1000;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum Setback {
    /// Somebody else has changed what the plan is about: there must be a new one.
    #[error("the catalogue has changed meanwhile")]
    Overtaken,
    /// The import is over, or another worker has gone on with it.
    #[error("the import has gone on without this")]
    Left,
    /// It cannot be done.
    #[error(transparent)]
    Failed(#[from] Error),
}

/// Does what is planned for the rows behind `import.position`.
pub async fn apply(tx: &OrgTx, import: &Import, plan: Plan) -> Result<(), Setback> {
    let now = imports::changing(tx, import.id).await?;
    if !now.is_open() || now.position != import.position {
        return Err(Setback::Left);
    }
    keep_out_others(tx, &plan).await?;
    for step in &plan.steps {
        write(tx, step).await?;
    }
    keep_faults(tx, &now, &plan).await?;

    let Plan { columns, entries, created, updated, faults, done, end: place, rest, .. } = plan;
    for entry in entries {
        audit_log::record(tx, entry);
    }
    let position = match rest {
        Rest::More => i64::try_from(place.offset).unwrap_or(i64::MAX),
        Rest::Nothing => now.size,
    };
    let after = imports::save(tx, now.clone(), |row| {
        row.state = Set(State::Running);
        row.columns = Set(Columns(columns));
        row.position = Set(position);
        row.line = Set(place.line);
        row.done = Set(now.done + done);
        row.created = Set(now.created + created);
        row.updated = Set(now.updated + updated);
        row.failed = Set(now.failed + count(faults.len()));
    });
    let after = after.await?;
    if rest == Rest::Nothing {
        end(tx, after, State::Done, None).await?;
        return Ok(());
    }
    if piece_of(place.offset).0 > piece_of(import.place().offset).0 {
        imports::eat(tx, import.id, piece_of(place.offset).0).await?;
    }
    tx.enqueue(&ImportSlice { import: after.id, position: after.position })?;
    Ok(())
}

/// Locks what changes, in the order of the ids; it must be as the plan found it.
async fn keep_out_others(tx: &OrgTx, plan: &Plan) -> Result<(), Setback> {
    if plan.relied_on.is_empty() {
        return Ok(());
    }
    let locked = models::locked(tx, plan.relied_on.keys().copied().collect()).await?;
    let locked: HashMap<_, _> = locked.iter().map(|it| (it.id, it.version)).collect();
    if locked == plan.relied_on { Ok(()) } else { Err(Setback::Overtaken) }
}

async fn write(tx: &OrgTx, step: &Step) -> Result<(), Setback> {
    let inserted = models::insert_all(tx, &step.added).await?;
    if inserted.len() < step.added.len() {
        return Err(Setback::Overtaken);
    }
    match models::overwrite(tx, &step.changed).await {
        Err(Error::SkuTaken) => Err(Setback::Overtaken),
        written => Ok(written?),
    }
}

async fn keep_faults(tx: &OrgTx, import: &Import, plan: &Plan) -> Result<(), DbErr> {
    let room = usize::try_from(KEPT - import.failed).unwrap_or_default();
    let faults = plan.faults.iter().take(room).map(|(line, errors)| RowFault {
        id: tx.id(),
        organization_id: tx.org(),
        import_id: import.id,
        line: *line,
        errors: json!(errors),
    });
    imports::insert_faults(tx, faults.collect()).await
}

fn count(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

impl From<DbErr> for Setback {
    fn from(error: DbErr) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Refusal> for Setback {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound => Self::Left,
            refusal => Self::Failed(refusal.into()),
        }
    }
}
