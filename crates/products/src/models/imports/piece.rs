#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{Claimed, OrganizationId, Tenanted};
use sea_orm::{Condition, entity::prelude::*};

use super::ImportId;

/// A piece of a file; each but the last has the same size.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "product_import_pieces")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub import_id: ImportId,
    /// From 0 on.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    pub organization_id: OrganizationId,
    pub bytes: Vec<u8>,
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
