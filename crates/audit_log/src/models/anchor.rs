#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{OrganizationId, Tenanted};
use sea_orm::entity::prelude::*;

/// Up to where the entries of an organization's log were kept long enough and may be gone, signed: their
/// seals stay. It is never changed.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_log_anchors")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    /// Whose log it is.
    pub organization_id: OrganizationId,
    #[sea_orm(primary_key, auto_increment = false)]
    /// How many entries, the oldest ones.
    pub size: i64,
    /// The root of the tree over them.
    pub root: Vec<u8>,
    /// Size and root, signed as a C2SP checkpoint whose origin ends with `/anchor`.
    pub note: String,
    /// When it was signed.
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl Tenanted for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
