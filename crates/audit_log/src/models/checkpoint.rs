#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{OrganizationId, Tenanted};
use sea_orm::entity::prelude::*;

/// What an organization's log was at some size, signed; it is never changed.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_log_checkpoints")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    /// Whose log it is.
    pub organization_id: OrganizationId,
    #[sea_orm(primary_key, auto_increment = false)]
    /// How many entries it had.
    pub size: i64,
    /// The root of the tree.
    pub root: Vec<u8>,
    /// Size and root, signed: a C2SP checkpoint.
    pub note: String,
    /// When it was signed.
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl Tenanted for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
