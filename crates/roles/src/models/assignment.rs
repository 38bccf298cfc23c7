#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{Global, UserId};
use sea_orm::entity::prelude::*;

/// That an account has a role on the platform.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "platform_role_assignments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: UserId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub role: String,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl Global for Entity {}
