#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{Claimed, OrganizationId, Tenanted, Versioned};
use sea_orm::{Condition, FromJsonQueryResult, entity::prelude::*};
use serde::{Deserialize, Serialize};

kernel::id!(
    /// A role.
    RoleId
);

/// The keys of what a role allows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Keys(pub Vec<String>);

/// A role of the platform or of an organization.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "roles")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RoleId,
    /// Whose it is; the platform's are the nil organization's.
    pub organization_id: OrganizationId,
    /// What programs call it; it never changes.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What it allows; of a system role the code says it.
    pub permissions: Keys,
    /// Whether it is one of those that are always there.
    pub system: bool,
    /// How often it has changed.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// When it was last changed.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl Tenanted for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}

/// Who has read the id from an assignment, never from a request.
impl Claimed for Entity {
    type Claim = RoleId;

    fn claim(id: &RoleId) -> Condition {
        Condition::all().add(Column::Id.eq(*id))
    }
}

impl Versioned for Model {
    fn version(&self) -> i64 {
        self.version
    }
}
