//! Who asks, and from where.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    access::Permissions,
    id::{ServiceAccountId, SessionId, UserId},
};

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A person, by their account.
    User(UserId),
    /// A program with an identity of its own.
    ServiceAccount(ServiceAccountId),
    /// Groundwork itself: jobs and the command line.
    System,
}

impl Actor {
    /// What they are, in a word that does not change, and which; nil for Groundwork itself.
    pub fn name(self) -> (&'static str, Uuid) {
        match self {
            Self::User(user) => ("user", user.0),
            Self::ServiceAccount(account) => ("service_account", account.0),
            Self::System => ("system", Uuid::nil()),
        }
    }

    /// Who has this name; Groundwork itself where nobody has.
    pub fn named(kind: &str, id: Uuid) -> Self {
        match kind {
            "user" => Self::User(UserId(id)),
            "service_account" => Self::ServiceAccount(ServiceAccountId(id)),
            _ => Self::System,
        }
    }
}

/// Somebody known: who acts, and what they may do on the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub actor: Actor,
    /// The session their token belongs to, where it belongs to one.
    pub session: Option<SessionId>,
    /// When they last proved who they are.
    pub authenticated_at: DateTime<Utc>,
    /// What they may do on the platform.
    pub permissions: Permissions,
    /// What they may do at the most, anywhere; `None` where nothing but their roles bounds them.
    pub ceiling: Option<Permissions>,
}

impl Caller {
    /// Groundwork itself, which is not bound by permissions because no request reaches it.
    pub fn system(now: DateTime<Utc>) -> Self {
        Self {
            actor: Actor::System,
            session: None,
            authenticated_at: now,
            permissions: Permissions::default(),
            ceiling: None,
        }
    }

    /// The account, where a person asks.
    pub fn user(&self) -> Option<UserId> {
        match self.actor {
            Actor::User(user) => Some(user),
            Actor::ServiceAccount(_) | Actor::System => None,
        }
    }

    /// What is left of `permissions` under the caller's ceiling.
    pub fn bounded(&self, permissions: Permissions) -> Permissions {
        self.ceiling.map_or(permissions, |ceiling| permissions.and(ceiling))
    }
}

/// Where a request came from, as logs and the audit log name it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// What the request is called.
    pub request_id: String,
    /// The peer's address.
    pub ip: Option<IpAddr>,
    /// What the client calls itself, cut to 512 characters.
    pub user_agent: Option<String>,
}
