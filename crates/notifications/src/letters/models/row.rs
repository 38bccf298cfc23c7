#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{OrganizationId, Tenanted, Versioned};
use sea_orm::entity::prelude::*;

kernel::id!(
    /// An organization's words for a topic in a language.
    LetterId
);

/// What an organization writes in mails about a topic, in a language.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notification_templates")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LetterId,
    pub organization_id: OrganizationId,
    pub topic: String,
    /// The language's tag.
    pub language: String,
    pub subject: String,
    pub body: String,
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
