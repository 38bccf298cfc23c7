//! Imports, as clients see them.

use audit_log::Audited;
use chrono::{DateTime, Utc};
use kernel::{Invalid, Versioned};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::models::imports::{Format, Import, ImportId, RowFault, State};

/// A file of products on its way into the catalogue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportOut {
    /// Its id.
    pub id: ImportId,
    /// What the file is.
    pub format: Format,
    /// Where it stands.
    pub state: State,
    /// How many bytes the file has; 0 while it is arriving.
    pub size: i64,
    /// How many bytes of it are done.
    pub position: i64,
    /// How many rows are done: created, updated, failed, and those that said nothing new.
    pub done: i64,
    /// How many rows there are, once that is known.
    #[schema(required = true)]
    pub total: Option<i64>,
    /// How many products are new.
    pub created: i64,
    /// How many products have changed.
    pub updated: i64,
    /// How many rows failed.
    pub failed: i64,
    /// Why it could not go on: `wrong_header` where the first row does not name known columns, each
    /// once, with `sku` or `id` among them; `permission_denied` where who began it may not change the
    /// catalogue any more; `internal` where something went wrong on our side.
    #[schema(required = true)]
    pub failure: Option<String>,
    /// When its file began to arrive.
    pub created_at: DateTime<Utc>,
    /// When it last went on.
    pub updated_at: DateTime<Utc>,
    /// How often it has changed; its `ETag`.
    pub version: i64,
}

/// An import, and the first of its rows that failed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportDetailsOut {
    /// The import.
    #[serde(flatten)]
    pub import: ImportOut,
    /// The first 20 rows that failed; see `imports/{id}/errors` for more.
    pub errors: Vec<RowFaultOut>,
}

/// A row that failed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RowFaultOut {
    /// In which line it begins, from 1 on.
    pub line: i64,
    /// What is wrong with it; the pointers are those of its product.
    #[schema(value_type = Vec<Invalid>)]
    pub errors: Value,
}

/// What to export.
#[derive(Clone, Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ExportFilter {
    /// What the file is to be.
    #[param(inline)]
    pub format: Format,
}

/// What the audit log keeps of an import.
#[derive(Serialize)]
pub struct RecordedImport {
    format: Format,
    state: State,
    size: i64,
}

impl Audited for RecordedImport {}

impl From<&Import> for RecordedImport {
    fn from(import: &Import) -> Self {
        Self { format: import.format, state: import.state, size: import.size }
    }
}

impl From<Import> for ImportOut {
    fn from(import: Import) -> Self {
        Self {
            id: import.id,
            format: import.format,
            state: import.state,
            size: import.size,
            position: import.position,
            done: import.done,
            total: (import.state == State::Done).then_some(import.done),
            created: import.created,
            updated: import.updated,
            failed: import.failed,
            failure: import.failure,
            created_at: import.created_at,
            updated_at: import.updated_at,
            version: import.version,
        }
    }
}

impl From<RowFault> for RowFaultOut {
    fn from(fault: RowFault) -> Self {
        Self { line: fault.line, errors: fault.errors }
    }
}

impl Versioned for ImportOut {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Versioned for ImportDetailsOut {
    fn version(&self) -> i64 {
        self.import.version
    }
}
