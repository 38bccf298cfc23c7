#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{Global, UserId};
use sea_orm::entity::prelude::*;

/// Somebody who can be written to: kept here so that this crate need not know accounts.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "recipients")]
pub struct Model {
    /// Whose account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: UserId,
    /// The mail address, its domain in ASCII.
    pub address: String,
    /// The language they read, as a BCP 47 tag.
    pub locale: String,
    /// Where they live, as a name of the IANA time zone database.
    pub time_zone: String,
    /// When this was last true.
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl Global for Entity {}
