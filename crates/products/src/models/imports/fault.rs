#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{Claimed, OrganizationId, Tenanted};
use sea_orm::{Condition, entity::prelude::*};

use super::ImportId;

kernel::id!(
    /// A row that failed.
    FaultId
);

/// A row that failed, and why.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "product_import_faults")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FaultId,
    pub organization_id: OrganizationId,
    pub import_id: ImportId,
    /// In which line the row begins, from 1 on.
    pub line: i64,
    /// What is wrong, place by place.
    pub errors: Json,
}

impl ActiveModelBehavior for ActiveModel {}

impl Tenanted for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}

/// A job that has read the ids of imports that are over.
impl Claimed for Entity {
    type Claim = Vec<ImportId>;

    fn claim(ids: &Vec<ImportId>) -> Condition {
        Condition::all().add(Column::ImportId.is_in(ids.iter().copied()))
    }
}
