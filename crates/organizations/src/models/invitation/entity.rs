#![expect(clippy::disallowed_methods, reason = "sea-orm's derive calls find()")]

use kernel::{Claimed, OrganizationId, Tenanted, UserId, Versioned};
use roles::RoleId;
use sea_orm::{Condition, FromJsonQueryResult, entity::prelude::*};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

kernel::id!(
    /// An invitation.
    InvitationId
);

/// The roles that an invitation gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Invited(pub Vec<RoleId>);

/// What has become of an invitation.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema,
)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(16))")]
#[serde(rename_all = "snake_case")]
#[schema(as = InvitationState)]
pub enum State {
    /// Nothing yet. A stored one expires by itself: ask [`Model::state_at`].
    #[sea_orm(string_value = "pending")]
    Pending,
    /// The invited have joined.
    #[sea_orm(string_value = "accepted")]
    Accepted,
    /// The invited will not.
    #[sea_orm(string_value = "declined")]
    Declined,
    /// The organization has thought better of it.
    #[sea_orm(string_value = "revoked")]
    Revoked,
    /// Nobody has answered in time.
    #[sea_orm(string_value = "expired")]
    Expired,
}

/// That somebody may join an organization.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InvitationId,
    pub organization_id: OrganizationId,
    /// The address as the inviter typed it.
    pub email: String,
    pub email_canonical: String,
    pub roles: Invited,
    pub state: State,
    /// SHA-256 of the token, which itself is only in the mail (ASVS 6.4.1).
    pub token_hash: Vec<u8>,
    /// Who answers for it: the invitation is worth what they may give.
    pub invited_by: UserId,
    pub expires_at: DateTimeUtc,
    /// How many mails it took, those within a day of the last.
    pub mails: i64,
    /// When the last of them was queued.
    pub mailed_at: DateTimeUtc,
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// What has become of it by now.
    pub fn state_at(&self, now: DateTimeUtc) -> State {
        match self.state {
            State::Pending if self.expires_at <= now => State::Expired,
            state => state,
        }
    }
}

impl Tenanted for Entity {
    const ORGANIZATION: Column = Column::OrganizationId;
}

/// What lets somebody see an invitation from outside.
pub enum Claim {
    /// The hash of the mailed token.
    Token(Vec<u8>),
    /// The canonical form of an address that the caller has proved.
    Address(String),
    /// Canonical forms of addresses to which mails are counted, and nothing else is told.
    Counted(Vec<String>),
    /// Ids that a job has read, of what is over.
    Over(Vec<InvitationId>),
}

impl Claimed for Entity {
    type Claim = Claim;

    fn claim(claim: &Claim) -> Condition {
        let condition = Condition::all();
        match claim {
            Claim::Token(hash) => condition.add(Column::TokenHash.eq(hash.as_slice())),
            Claim::Address(address) => condition.add(Column::EmailCanonical.eq(address.as_str())),
            Claim::Counted(addresses) => {
                condition.add(Column::EmailCanonical.is_in(addresses.iter().map(String::as_str)))
            }
            Claim::Over(ids) => condition.add(Column::Id.is_in(ids.iter().copied())),
        }
    }
}

impl Versioned for Model {
    fn version(&self) -> i64 {
        self.version
    }
}
