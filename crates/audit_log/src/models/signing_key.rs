#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::Global;
use sea_orm::entity::prelude::*;

kernel::id!(
    /// A key that signs checkpoints.
    KeyId
);

/// A key that signs checkpoints; the newest does.
#[sea_orm::model]
#[derive(Clone, PartialEq, Eq, Debug, DeriveEntityModel)]
#[sea_orm(table_name = "audit_log_signing_keys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: KeyId,
    /// PKCS #8, sealed.
    pub secret: Vec<u8>,
    /// The 32 bytes of the public key.
    pub public: Vec<u8>,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl Global for Entity {}
