#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{Global, OrganizationId, UserId, Versioned};
use sea_orm::entity::prelude::*;

use crate::notice::Texts;

kernel::id!(
    /// A notification.
    NotificationId
);

/// What somebody is notified of.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "notifications")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NotificationId,
    /// Whose inbox.
    pub user_id: UserId,
    /// What it is about, or where it came from; nil for the platform.
    pub organization_id: OrganizationId,
    /// The name of its topic.
    pub topic: String,
    /// Its place in the inbox, from 1 on; [`WAITING`] until it is delivered, [`UNLISTED`] where its
    /// reader wants none of the topic.
    pub seq: i64,
    /// What it says, in every language there was.
    pub texts: Texts,
    /// What it was written from, for programs.
    pub data: Json,
    /// What makes it one of a kind; empty where nothing does.
    pub dedupe_key: String,
    pub read_at: Option<DateTimeUtc>,
    pub archived_at: Option<DateTimeUtc>,
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

/// Not delivered yet.
pub const WAITING: i64 = 0;

/// In no inbox.
pub const UNLISTED: i64 = -1;

impl ActiveModelBehavior for ActiveModel {}

/// It belongs to its reader, wherever it is from.
impl Global for Entity {}

impl Versioned for Model {
    fn version(&self) -> i64 {
        self.version
    }
}
