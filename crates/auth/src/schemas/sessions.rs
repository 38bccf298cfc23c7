//! Where an account is signed in.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use kernel::{SessionId, View};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::{device::Device, models::session::Session};

/// A sign-in that lasts.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionOut {
    /// Its id.
    pub id: SessionId,
    /// The program and the system it is used from, as far as they tell.
    #[schema(example = "Firefox on Linux")]
    pub device: String,
    /// The address it was last refreshed from.
    #[schema(value_type = Option<String>, example = "192.0.2.7", required = true)]
    pub ip: Option<IpAddr>,
    /// When it began.
    pub first_seen_at: DateTime<Utc>,
    /// When it was last refreshed; a session in use is, as often as its access tokens expire.
    pub last_seen_at: DateTime<Utc>,
    /// When it is over unless it is refreshed before.
    pub expires_at: DateTime<Utc>,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// Which sessions to end.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct EndSessions {
    /// `others`: all but the one that asks; `all`: that one too.
    #[param(inline)]
    pub scope: EndScope,
}

/// Which sessions to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndScope {
    /// All but the one that asks.
    Others,
    /// That one too.
    All,
}

impl SessionOut {
    /// A session as who asks sees it.
    pub fn seen(view: &View, session: &Session) -> Self {
        let device = Device::opened(view.keyring(), session.id, session.device.as_deref());
        Self {
            id: session.id,
            device: device.name(),
            ip: device.ip,
            first_seen_at: session.created_at,
            last_seen_at: session.rotated_at,
            expires_at: session.expires_at.min(session.ends_at),
            current: view.caller().and_then(|it| it.session) == Some(session.id),
        }
    }
}
