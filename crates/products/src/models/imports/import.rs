#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{Actor, Claimed, OrganizationId, Tenanted, Versioned};
use sea_orm::{Condition, FromJsonQueryResult, entity::prelude::*};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{cutter::Place, table};

kernel::id!(
    /// An import.
    ImportId
);

/// What a file is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
#[serde(rename_all = "snake_case")]
#[schema(as = ProductFormat)]
pub enum Format {
    /// A table, its first row naming the columns (RFC 4180).
    #[sea_orm(string_value = "csv")]
    Csv,
    /// A JSON object a line.
    #[sea_orm(string_value = "ndjson")]
    Ndjson,
}

/// Where an import stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportState)]
pub enum State {
    /// Its file is still arriving.
    #[sea_orm(string_value = "receiving")]
    Receiving,
    /// It is about to begin.
    #[sea_orm(string_value = "queued")]
    Queued,
    /// Some of it is done.
    #[sea_orm(string_value = "running")]
    Running,
    /// It is done, but for the rows that failed.
    #[sea_orm(string_value = "done")]
    Done,
    /// It could not go on; what is done stays done.
    #[sea_orm(string_value = "failed")]
    Failed,
    /// Somebody stopped it; what is done stays done.
    #[sea_orm(string_value = "cancelled")]
    Cancelled,
}

/// The columns of a table; none where they are not known yet, or the file is no table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Columns(pub Vec<table::Column>);

/// A file of products, on its way into the catalogue.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "product_imports")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ImportId,
    pub organization_id: OrganizationId,
    pub actor_type: String,
    pub actor_id: Uuid,
    pub format: Format,
    pub state: State,
    /// In bytes.
    pub size: i64,
    /// How many bytes are done.
    pub position: i64,
    /// The line in which the rest begins.
    pub line: i64,
    pub columns: Columns,
    /// How many rows are done, those that failed among them.
    pub done: i64,
    pub created: i64,
    pub updated: i64,
    pub failed: i64,
    /// Why it could not go on.
    pub failure: Option<String>,
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether there is still something to do.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Receiving | State::Queued | State::Running)
    }

    /// Where the rest begins.
    pub fn place(&self) -> Place {
        Place { offset: self.position.unsigned_abs(), line: self.line }
    }

    /// Who sent the file.
    pub fn actor(&self) -> Actor {
        Actor::named(&self.actor_type, self.actor_id)
    }
}

impl Tenanted for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}

/// A job that has read the ids of what is over.
impl Claimed for Entity {
    type Claim = Vec<ImportId>;

    fn claim(ids: &Vec<ImportId>) -> Condition {
        Condition::all().add(Column::Id.is_in(ids.iter().copied()))
    }
}

impl Versioned for Model {
    fn version(&self) -> i64 {
        self.version
    }
}
