#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{Claimed, OrganizationId, Tenanted, Versioned};
use sea_orm::{Condition, entity::prelude::*};

/// A tenant.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organizations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrganizationId,
    pub name: String,
    pub slug: String,
    /// The slug's shape to the eye: two that look alike are one.
    pub slug_skeleton: String,
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub deleted_at: Option<DateTimeUtc>,
    /// From when on nobody restores it and it is erased; where that has begun, its deletion.
    pub erase_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Tenanted for Entity {
    const ORGANIZATION: Column = Column::Id;
}

/// Whoever has read the ids from their own memberships, or has claim to them otherwise.
impl Claimed for Entity {
    type Claim = Vec<OrganizationId>;

    fn claim(ids: &Vec<OrganizationId>) -> Condition {
        Condition::all().add(Column::Id.is_in(ids.iter().copied()))
    }
}

impl Versioned for Model {
    fn version(&self) -> i64 {
        self.version
    }
}
