#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{Global, OrganizationId};
use sea_orm::entity::prelude::*;

use super::EntryId;

/// An entry that waits for its seal. The database adds the row with the entry, the sealer removes it
/// with the seal: so an entry that commits late is not skipped, and finding those that wait costs no
/// more however many are sealed.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_log_unsealed")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub entry_id: EntryId,
    pub organization_id: OrganizationId,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

// The house's own book, whosever entries are in it.
impl Global for Entity {}
