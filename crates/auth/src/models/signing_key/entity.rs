#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::Global;
use sea_orm::entity::prelude::*;

kernel::id!(
    /// A signing key; its text is the `kid`.
    KeyId
);

/// A key that signs access tokens.
#[sea_orm::model]
#[derive(Clone, PartialEq, Eq, Debug, DeriveEntityModel)]
#[sea_orm(table_name = "signing_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: KeyId,
    /// PKCS #8, sealed.
    pub secret: Vec<u8>,
    /// The 32 bytes of the public key.
    pub public: Vec<u8>,
    pub created_at: DateTimeUtc,
    /// When it begins to sign; from the beginning where it is not said.
    pub signs_from: Option<DateTimeUtc>,
}

impl Model {
    /// When it begins to sign.
    pub fn begins(&self) -> DateTimeUtc {
        self.signs_from.unwrap_or(self.created_at)
    }
}

impl ActiveModelBehavior for ActiveModel {}

impl Global for Entity {}
