#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{OrganizationId, Tenanted};
use sea_orm::entity::prelude::*;

use super::EntryId;

/// An entry's place in its organization's log: gapless from 1 on, and a link of the chain.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_log_seals")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: OrganizationId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    #[sea_orm(unique)]
    pub entry_id: EntryId,
    pub hash: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Tenanted for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
