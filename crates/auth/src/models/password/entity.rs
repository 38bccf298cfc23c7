#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{Global, UserId};
use sea_orm::entity::prelude::*;

/// An account's password.
#[sea_orm::model]
#[derive(Clone, PartialEq, Eq, Debug, DeriveEntityModel)]
#[sea_orm(table_name = "passwords")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: UserId,
    /// In PHC form, with its parameters.
    pub hash: String,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl Global for Entity {}
