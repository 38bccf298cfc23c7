#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{Global, SessionId, UserId};
use sea_orm::entity::prelude::*;

/// A sign-in that lasts.
#[sea_orm::model]
#[derive(Clone, PartialEq, Eq, Debug, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SessionId,
    pub user_id: UserId,
    /// What the MACs of its refresh tokens are made with, beside the root secret.
    pub nonce: Vec<u8>,
    /// How often its refresh token has been exchanged.
    pub generation: i64,
    /// When it was last exchanged.
    pub rotated_at: DateTimeUtc,
    /// When its owner last proved who they are.
    pub authenticated_at: DateTimeUtc,
    /// When it is over unless it is refreshed before.
    pub expires_at: DateTimeUtc,
    /// When it is over in any case.
    pub ends_at: DateTimeUtc,
    /// From where it was last refreshed, sealed: address and user agent tell of a person. It goes with
    /// the row, a week after the session is over.
    pub device: Option<Vec<u8>>,
    /// When it was ended.
    pub ended_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl Global for Entity {}
