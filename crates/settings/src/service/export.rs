//! What an account has set for itself, and what it had set before.

use chrono::{DateTime, Utc};
use kernel::{Exported, UserId, View};
use sea_orm::DbErr;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    models::{
        Content,
        revision::{self, RevisionId},
        setting,
    },
    place::Place,
};

/// How many revisions are read at a time.
const PAGE: u64 = 500;

/// The account's values.
pub async fn values(view: &View, person: UserId, _: Option<Uuid>) -> Result<Exported, DbErr> {
    let values = setting::of(view, Place { user: person, ..Place::PLATFORM }).await?;
    Exported::whole(values.into_iter().map(|row| {
        let value = shown(Content::read(row.value, row.sealed, row.sealed_by));
        json!({ "key": row.key, "value": value, "updated_at": row.updated_at })
    }))
}

/// What they were, the oldest first.
pub async fn revisions(
    view: &View,
    person: UserId,
    after: Option<Uuid>,
) -> Result<Exported, DbErr> {
    let rows = revision::of_account(view, person, after.map(Into::into), PAGE).await?;
    let rows = rows.into_iter().map(|row| Was {
        id: row.id,
        key: row.key,
        revision: row.revision,
        value: shown(Content::read(row.value, row.sealed, row.sealed_by)),
        created_at: row.created_at,
    });
    Exported::page(rows.collect(), PAGE, |row| row.id.into())
}

/// A value as it was.
#[derive(Serialize)]
struct Was {
    id: RevisionId,
    key: String,
    revision: i64,
    value: Value,
    created_at: DateTime<Utc>,
}

/// A secret stays one.
fn shown(content: Content) -> Value {
    match content {
        Content::Unset => Value::Null,
        Content::Plain(value) => value,
        Content::Sealed { .. } => "[secret]".into(),
    }
}
