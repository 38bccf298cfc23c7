//! The file of an import arrives. Each piece of it is a transaction of its own, so that a slow client
//! keeps nobody from writing.

use chrono::TimeDelta;
use kernel::{Actor, Caller, Door, FileKind, OrgTx, OrgView, Problem, Upload};
use sea_orm::ActiveValue::Set;

use super::{entry, job::ImportSlice};
use crate::{
    Error, IMPORTS,
    models::imports::{self, Columns, Format, Import, ImportId, State},
    schemas::imports::RecordedImport,
};

/// How many bytes a piece has; only the last has fewer.
pub const PIECE: usize = 256 * 1024;

/// How many imports of an organization may be under way.
const MOST: u64 = 20;

/// After which silence a file has stopped arriving: a piece takes half a minute at the slowest.
pub const SILENCE: TimeDelta = TimeDelta::minutes(5);

const CSV: &str = "text/csv";
const NDJSON: &str = "application/x-ndjson";

/// A file of products.
pub struct ProductFile;

impl FileKind for ProductFile {
    const TYPES: &'static [&'static str] = &[CSV, NDJSON];
    const LIMIT: u64 = 64 * 1024 * 1024;
}

/// A file that has arrived.
#[derive(Clone, Copy, Debug)]
pub struct Received {
    import: ImportId,
    size: i64,
}

/// Keeps a file. Where it does not arrive whole, nothing is left of it; where imports are switched off,
/// nothing of it is read.
pub async fn receive(
    door: &Door<OrgView>,
    mut file: Upload<ProductFile>,
) -> Result<Received, Problem> {
    if !IMPORTS.is_on(door.view()).await? {
        return Err(Error::FeatureDisabled.into());
    }
    let format = if file.media_type() == CSV { Format::Csv } else { Format::Ndjson };
    let import = door.run(async |tx| open(tx, format).await).await?;
    let mut number = 0;
    let arrived = async {
        while let Some(bytes) = file.piece(PIECE).await? {
            let piece = bytes.to_vec();
            door.run(async |tx| imports::insert_piece(tx, import, number, piece).await).await?;
            number += 1;
        }
        Ok(i64::try_from(file.received()).unwrap_or(i64::MAX))
    };
    let arrived: Result<i64, Problem> = arrived.await;
    match arrived {
        Ok(size) => Ok(Received { import, size }),
        Err(problem) => {
            door.run(async |tx| imports::discard(tx, import).await).await?;
            Err(problem)
        }
    }
}

/// Has a file that has arrived taken into the catalogue.
pub async fn begin(tx: &OrgTx, file: Received) -> Result<Import, Error> {
    let import = imports::changing(tx, file.import).await?;
    if import.state != State::Receiving {
        return Err(Error::ImportOver);
    }
    let import = imports::save(tx, import, |row| {
        row.state = Set(State::Queued);
        row.size = Set(file.size);
    });
    let import = import.await?;
    tx.enqueue(&ImportSlice { import: import.id, position: 0 })?;
    let entry = entry("product_import.created", import.id);
    audit_log::record(tx, entry.created(&RecordedImport::from(&import)));
    Ok(import)
}

/// Forgets a file that was not begun with, such as one that came for the second time.
pub async fn settle(door: &Door<OrgView>, file: Received) {
    let discarded = door.run(async |tx| imports::discard(tx, file.import).await).await;
    if let Err(error) = discarded {
        tracing::warn!(%error, import = %file.import, "a file stays until it is purged");
    }
}

async fn open(tx: &OrgTx, format: Format) -> Result<ImportId, Error> {
    imports::begin_alone(tx).await?;
    if imports::count_open(tx, tx.now() - SILENCE).await? >= MOST {
        return Err(Error::TooManyImports);
    }
    let actor = tx.caller().map_or(Actor::System, |caller: &Caller| caller.actor);
    let (actor_type, actor_id) = actor.name();
    let id: ImportId = tx.id();
    let import = Import {
        id,
        organization_id: tx.org(),
        actor_type: actor_type.to_owned(),
        actor_id,
        format,
        state: State::Receiving,
        size: 0,
        position: 0,
        line: 1,
        columns: Columns::default(),
        done: 0,
        created: 0,
        updated: 0,
        failed: 0,
        failure: None,
        version: 1,
        created_at: tx.now(),
        updated_at: tx.now(),
    };
    imports::insert(tx, import).await?;
    Ok(id)
}
