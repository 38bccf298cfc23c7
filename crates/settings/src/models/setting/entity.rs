#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{Claimed, OrganizationId, Tenanted, UserId, Versioned};
use sea_orm::{Condition, entity::prelude::*};

use crate::place::Place;

kernel::id!(
    /// A value of a place.
    ValueId
);

/// What a setting is set to at a place. A row stays when nothing is set any more, so that its version
/// never repeats.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "settings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ValueId,
    /// Whose it is; nil is the platform's, and an account's.
    pub organization_id: OrganizationId,
    /// Whose it is, where it is an account's; else nil.
    pub user_id: UserId,
    pub key: String,
    /// The value, unless it is a secret.
    pub value: Option<Json>,
    /// The secret.
    pub sealed: Option<Vec<u8>>,
    /// The name of the key that sealed it; else empty.
    pub sealed_by: String,
    /// Whether nobody below may set another.
    pub locked: bool,
    /// How often it was changed; 0 where it was never set.
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl Tenanted for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}

/// Who reads a setting in code stands in the organization or acts for the account.
impl Claimed for Entity {
    type Claim = Place;

    fn claim(place: &Place) -> Condition {
        let organization = Column::OrganizationId.eq(place.organization);
        Condition::all().add(organization).add(Column::UserId.eq(place.user))
    }
}

impl Versioned for Model {
    fn version(&self) -> i64 {
        self.version
    }
}
