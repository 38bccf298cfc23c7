#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{Global, UserId};
use sea_orm::entity::prelude::*;

/// A kind of device that an account has been signed in from.
#[sea_orm::model]
#[derive(Clone, PartialEq, Eq, Debug, DeriveEntityModel)]
#[sea_orm(table_name = "known_devices")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: UserId,
    /// A MAC of what it calls itself: it is told again, and not what it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub mark: Vec<u8>,
    /// When it was last signed in from, to the day.
    pub seen_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl Global for Entity {}
