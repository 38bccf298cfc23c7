#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{Global, UserId};
use sea_orm::entity::prelude::*;

kernel::id!(
    /// A mailed link.
    LinkId
);

/// What a mailed link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))")]
pub enum Kind {
    /// To prove that a mailbox is one's own.
    #[sea_orm(string_value = "verify_email")]
    VerifyEmail,
    /// To choose another password where the old one is forgotten.
    #[sea_orm(string_value = "reset_password")]
    ResetPassword,
    /// To choose the first password of an account that an administrator has made.
    #[sea_orm(string_value = "set_password")]
    SetPassword,
    /// To prove a mailbox that is to take the place of the account's.
    #[sea_orm(string_value = "change_email")]
    ChangeEmail,
}

/// A link that was mailed; who has its token has read that mail.
#[sea_orm::model]
#[derive(Clone, PartialEq, Eq, Debug, DeriveEntityModel)]
#[sea_orm(table_name = "mailed_links")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LinkId,
    pub kind: Kind,
    pub user_id: UserId,
    /// The address it was mailed to; it proves no other.
    pub email_canonical: String,
    /// SHA-256 of the token, which itself is only in the mail (ASVS 6.4.1).
    pub token_hash: Vec<u8>,
    /// The password of the registration that caused the mail: it becomes the account's, and no
    /// other does (A1).
    pub password_hash: Option<String>,
    /// The address it was mailed to as its owner typed it, where it is to become the account's.
    pub new_email: Option<String>,
    pub expires_at: DateTimeUtc,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl Global for Entity {}
