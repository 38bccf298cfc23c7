#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{Global, UserId};
use sea_orm::entity::prelude::*;

/// How far an inbox has been numbered. Whoever changes what is in it locks this row first, several in
/// the order of their ids.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "inboxes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: UserId,
    /// The number that was given last.
    pub last_seq: i64,
    /// The highest number of those that were deleted for their age.
    pub purged_seq: i64,
    /// How often anything in it has changed.
    pub revision: i64,
}

impl ActiveModelBehavior for ActiveModel {}

impl Global for Entity {}
