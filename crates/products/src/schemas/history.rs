//! What has happened to a product, as clients see it.

use audit_log::{AuditEntryOut, EntryId, PartyOut};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// One thing that happened to a product.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProductEventOut {
    /// Its id.
    pub id: EntryId,
    /// What was done.
    #[schema(example = "product.updated")]
    pub action: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub actor: PartyOut,
    /// What was different afterwards.
    pub changes: Vec<ChangeOut>,
}

/// One member of a product that has changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeOut {
    /// Its name; `deleted` tells whether the product was.
    #[schema(example = "name")]
    pub field: String,
    /// What it was; `null` where the product was new.
    pub before: Value,
    /// What it was then.
    pub after: Value,
}

impl From<AuditEntryOut> for ProductEventOut {
    fn from(entry: AuditEntryOut) -> Self {
        let AuditEntryOut { id, action, actor, changes, created_at, .. } = entry;
        let changes = match changes {
            Value::Object(changes) => changes.into_iter().map(ChangeOut::from).collect(),
            _ => Vec::new(),
        };
        Self { id, action, at: created_at, actor, changes }
    }
}

impl From<(String, Value)> for ChangeOut {
    fn from((field, mut change): (String, Value)) -> Self {
        let mut take = |name: &str| change.get_mut(name).map(Value::take).unwrap_or_default();
        Self { field, before: take("from"), after: take("to") }
    }
}
