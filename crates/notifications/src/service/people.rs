//! What is held on those who are written to.

use chrono::{DateTime, Utc};
use kernel::{Exported, OrganizationId, Scope, Tx, UserId, View};
use sea_orm::DbErr;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    mailing,
    models::{self, notification::NotificationId},
    notice::Texts,
    preferences,
};

/// How many notifications are read at a time.
const PAGE: u64 = 200;

/// A notification, with all that is kept of it.
#[derive(Serialize)]
struct Notified {
    id: NotificationId,
    organization_id: OrganizationId,
    topic: String,
    texts: Texts,
    data: Value,
    read_at: Option<DateTime<Utc>>,
    archived_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

/// Forgets somebody who is erased.
pub async fn forget(tx: &Tx<impl Scope>, user: UserId) -> Result<(), DbErr> {
    mailing::item::forget(tx, user).await?;
    mailing::bounce::forget(tx, user).await?;
    preferences::forget(tx, user).await?;
    models::age::forget(tx, user).await?;
    models::remove(tx, user).await
}

/// Where and how somebody is written to.
pub async fn recipient(view: &View, person: UserId, _: Option<Uuid>) -> Result<Exported, DbErr> {
    let recipient = models::by_user(view, person).await?;
    Exported::whole(recipient.map(|it| {
        json!({
            "address": it.address,
            "locale": it.locale,
            "time_zone": it.time_zone,
            "updated_at": it.updated_at,
        })
    }))
}

/// What somebody was notified of.
pub async fn notifications(
    view: &View,
    person: UserId,
    after: Option<Uuid>,
) -> Result<Exported, DbErr> {
    let rows = models::following(view, person, after.map(Into::into), PAGE).await?;
    let shown = rows.into_iter().map(|row| Notified {
        id: row.id,
        organization_id: row.organization_id,
        topic: row.topic,
        texts: row.texts,
        data: row.data,
        read_at: row.read_at,
        archived_at: row.archived_at,
        created_at: row.created_at,
    });
    Exported::page(shown.collect(), PAGE, |it| it.id.into())
}

/// That somebody's mailbox has refused our mail.
pub async fn bounces(view: &View, person: UserId, _: Option<Uuid>) -> Result<Exported, DbErr> {
    Exported::whole(mailing::bounce::told(view, person).await?)
}
