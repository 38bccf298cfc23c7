#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{Global, UserId, Versioned};
use sea_orm::entity::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

/// Whether an account may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, ToSchema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It may.
    #[sea_orm(string_value = "active")]
    Active,
    /// An administrator has disabled it.
    #[sea_orm(string_value = "disabled")]
    Disabled,
}

/// An account, as it is stored.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UserId,
    /// Its mail address, as its owner typed it.
    pub email: String,
    /// The form in which the address is unique.
    pub email_canonical: String,
    /// When its owner proved that the mailbox is theirs.
    pub email_verified_at: Option<DateTimeUtc>,
    /// What its owner is called.
    pub name: String,
    /// The language they read, as a BCP 47 tag.
    pub locale: String,
    /// Where they live, as a name of the IANA time zone database.
    pub time_zone: String,
    /// Whether it may be used.
    pub status: Status,
    /// Why an administrator has disabled it.
    pub disabled_reason: Option<String>,
    /// When it may be used again by itself.
    pub disabled_until: Option<DateTimeUtc>,
    /// Its words, as searches see them; `None` until they have been entered.
    pub search: Option<String>,
    /// How often it has changed.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// When it was last changed.
    pub updated_at: DateTimeUtc,
    /// When it was deleted.
    pub deleted_at: Option<DateTimeUtc>,
    /// When it is erased, if it was deleted.
    pub erase_at: Option<DateTimeUtc>,
}

impl Model {
    /// Whether it may not be used at this moment; one that was disabled until a time may be from then
    /// on, also if no job has noted that yet.
    pub fn is_disabled_at(&self, now: DateTimeUtc) -> bool {
        self.status == Status::Disabled && self.disabled_until.is_none_or(|until| until > now)
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl Global for Entity {}

impl Versioned for Model {
    fn version(&self) -> i64 {
        self.version
    }
}
