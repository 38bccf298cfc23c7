#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{Global, OrganizationId, UserId};
use sea_orm::entity::prelude::*;

use crate::models::notification::NotificationId;

kernel::id!(
    /// A mail about notifications.
    DigestId
);

/// A notification that goes out by mail.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mail_items")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub notification_id: NotificationId,
    pub user_id: UserId,
    pub organization_id: OrganizationId,
    pub topic: String,
    /// When it may go out.
    pub due_at: DateTimeUtc,
    /// The mail that it is in, once one has taken it.
    pub digest_id: Option<DigestId>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Global for Entity {}
