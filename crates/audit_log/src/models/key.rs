#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{Global, UserId};
use sea_orm::entity::prelude::*;

/// A person's own key, sealed; whoever destroys it erases what the log knows of the person.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_log_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: UserId,
    pub key: Vec<u8>,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl Global for Entity {}
