#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{OrganizationId, Tenanted, UserId};
use sea_orm::entity::prelude::*;

kernel::id!(
    /// An entry of the log.
    EntryId
);

/// One thing that happened; it is never changed.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_log")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EntryId,
    pub organization_id: OrganizationId,
    pub action: String,
    pub outcome: String,
    pub actor_type: String,
    pub actor_id: Uuid,
    pub target_type: String,
    pub target_id: Uuid,
    pub changes: Json,
    /// Whose key `personal` is under; nil where there is nothing personal.
    pub person_id: UserId,
    /// What changed of a person.
    pub personal: Option<Vec<u8>>,
    /// Whose key `origin` is under; nil is the platform's own.
    pub origin_person_id: UserId,
    /// Address and user agent of the request.
    pub origin: Option<Vec<u8>>,
    pub request_id: String,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl Tenanted for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}
