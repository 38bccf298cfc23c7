#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{OrganizationId, Tenanted};
use sea_orm::entity::prelude::*;

/// How far an organization's log is sealed and signed: what the sealer goes on from. It can be made
/// again from the seals, and proves nothing.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_log_chains")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organization_id: OrganizationId,
    pub size: i64,
    /// The last link of the chain.
    pub hash: Vec<u8>,
    /// The roots of the tree's complete subtrees, the largest first, 32 bytes each.
    pub peaks: Vec<u8>,
    /// The size of the last checkpoint.
    pub signed_size: i64,
    pub signed_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl Tenanted for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
