#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{Claimed, OrganizationId, Tenanted, UserId, Versioned};
use sea_orm::{Condition, entity::prelude::*};

kernel::id!(
    /// A membership.
    MembershipId
);

/// That an account belongs to an organization.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "memberships")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MembershipId,
    pub organization_id: OrganizationId,
    pub user_id: UserId,
    /// How often the member's roles have changed.
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl Tenanted for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}

/// An account's own memberships.
impl Claimed for Entity {
    type Claim = UserId;

    fn claim(user: &UserId) -> Condition {
        Condition::all().add(Column::UserId.eq(*user))
    }
}

impl Versioned for Model {
    fn version(&self) -> i64 {
        self.version
    }
}
