//! What to export.

use chrono::{DateTime, Utc};
use kernel::Scope;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use crate::{AuditFilter, Outcome, Target};

/// What an export is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = AuditFormat)]
pub enum Format {
    /// A table, its first row naming the columns (RFC 4180).
    Csv,
    /// A JSON object a line, which can be verified.
    Ndjson,
}

/// Which entries to export, and how: the filters are those of the list.
#[derive(Debug, Deserialize, IntoParams, Validate)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AuditExport {
    /// What the file is to be.
    #[param(inline)]
    pub format: Format,
    /// What was done, as `thing.done`.
    #[validate(length(max = 64))]
    #[param(max_length = 64, example = "user.registered")]
    pub action: Option<String>,
    /// Who did it.
    pub actor_id: Option<Uuid>,
    /// To what kind of thing.
    #[validate(length(max = 64))]
    #[param(max_length = 64, example = "user")]
    pub target_type: Option<String>,
    /// To which thing.
    pub target_id: Option<Uuid>,
    /// How it came out.
    #[param(inline)]
    pub outcome: Option<Outcome>,
    /// From when on.
    pub from: Option<DateTime<Utc>>,
    /// Before when.
    pub to: Option<DateTime<Utc>>,
}

impl AuditExport {
    /// The format, and which entries.
    pub fn parts(self) -> (Format, AuditFilter) {
        let Self { format, action, actor_id, target_type, target_id, outcome, from, to } = self;
        (format, AuditFilter { action, actor_id, target_type, target_id, outcome, from, to })
    }
}

/// The log itself, as what something is done to.
pub fn place(view: &impl Scope) -> Target {
    view.organization().map_or(Target::new("platform", Uuid::nil()), |organization| {
        Target::new("organization", organization)
    })
}
