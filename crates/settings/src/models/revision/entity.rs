#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{OrganizationId, Tenanted, UserId};
use sea_orm::entity::prelude::*;

kernel::id!(
    /// A value of a place as it was at a time.
    RevisionId
);

/// What a setting was set to at a place; only the key of a secret's seal ever changes.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "setting_revisions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RevisionId,
    pub organization_id: OrganizationId,
    pub user_id: UserId,
    pub key: String,
    /// The value, unless it is a secret; neither is there where nothing was set any more.
    pub value: Option<Json>,
    /// The secret.
    pub sealed: Option<Vec<u8>>,
    /// The name of the key that sealed it; else empty.
    pub sealed_by: String,
    pub locked: bool,
    /// The version that the value had.
    pub revision: i64,
    /// What set it: `user`, `service_account` or `system`.
    pub actor_type: String,
    /// Who set it.
    pub actor_id: Uuid,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl Tenanted for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
