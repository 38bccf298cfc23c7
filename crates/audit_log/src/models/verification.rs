#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{OrganizationId, Tenanted, Versioned};
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::verify::walk::Reason;

kernel::id!(
    /// A verification.
    VerificationId
);

/// Where a verification stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It waits, or goes on.
    #[sea_orm(string_value = "running")]
    Running,
    /// It has come to its end.
    #[sea_orm(string_value = "done")]
    Done,
}

/// A look at all of a log.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_log_verifications")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VerificationId,
    pub organization_id: OrganizationId,
    /// A checkpoint that was kept elsewhere, which must still hold.
    pub note: Option<String>,
    pub state: State,
    /// How many entries there are to check.
    pub size: i64,
    pub checked: i64,
    pub first_bad_seq: Option<i64>,
    pub reason: Option<Reason>,
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl Tenanted for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}

impl Versioned for Model {
    fn version(&self) -> i64 {
        self.version
    }
}
