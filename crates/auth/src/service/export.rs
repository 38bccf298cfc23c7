//! What is held on how somebody proves who they are; nothing that proves it.

use kernel::{Exported, UserId, View};
use sea_orm::{ActiveEnum, DbErr};
use serde_json::json;
use uuid::Uuid;

use crate::models::{device, link, password};

/// That an account has a password, and since when.
pub async fn passwords(view: &View, person: UserId, _: Option<Uuid>) -> Result<Exported, DbErr> {
    let since = password::set_at(view, person).await?;
    Exported::whole(since.map(|since| json!({ "updated_at": since })))
}

/// The links that were mailed to an account and have not been used.
pub async fn links(view: &View, person: UserId, _: Option<Uuid>) -> Result<Exported, DbErr> {
    let rows = link::of_account(view, person).await?;
    Exported::whole(rows.into_iter().map(|row| {
        json!({
            "kind": row.kind.to_value(),
            "email": row.email_canonical,
            "expires_at": row.expires_at,
            "created_at": row.created_at,
        })
    }))
}

/// When an account was last signed in from each of its devices; where that was, only the device knows.
pub async fn devices(view: &View, person: UserId, _: Option<Uuid>) -> Result<Exported, DbErr> {
    let rows = device::of(view, person).await?;
    Exported::whole(rows.into_iter().map(|row| json!({ "seen_at": row.seen_at })))
}
