#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{Claimed, OrganizationId, Tenanted, Versioned};
use sea_orm::{Condition, entity::prelude::*};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

kernel::id!(
    /// A product.
    ProductId
);

/// Whether a product is for sale.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    EnumIter,
    DeriveActiveEnum,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
#[serde(rename_all = "snake_case")]
#[schema(as = ProductStatus)]
pub enum Status {
    /// Not yet.
    #[default]
    #[sea_orm(string_value = "draft")]
    Draft,
    /// It is.
    #[sea_orm(string_value = "active")]
    Active,
    /// Not any more.
    #[sea_orm(string_value = "archived")]
    Archived,
}

/// Something an organization sells. Its table has one column more, `search`, which is written and
/// searched but never read.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "products")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProductId,
    pub organization_id: OrganizationId,
    pub sku: String,
    pub name: String,
    pub description: String,
    pub status: Status,
    /// In the currency's minor unit.
    pub price_amount: i64,
    pub price_currency: String,
    /// A JSON object.
    pub attributes: Json,
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub deleted_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Tenanted for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}

/// A job that has read the ids of what was deleted long ago.
impl Claimed for Entity {
    type Claim = Vec<ProductId>;

    fn claim(ids: &Vec<ProductId>) -> Condition {
        Condition::all().add(Column::Id.is_in(ids.iter().copied()))
    }
}

impl Versioned for Model {
    fn version(&self) -> i64 {
        self.version
    }
}
